import { useQuery } from "@tanstack/react-query";

import { Page } from "@/ui/Page";
import { Shown } from "@/ui/Shown";

import { articleQuery } from "../queries";
import { Editor } from "./Editor";
import type { EditorLook } from "./look";

interface Props {
  articleKey: string;
  look: EditorLook;
  onLook: (part: Partial<EditorLook>) => void;
}

/** One article: its text to edit, its versions, its publication. */
export function EditorScreen({ articleKey, look, onLook }: Props) {
  const query = useQuery(articleQuery(articleKey));
  if (query.data)
    return <Editor key={query.data.id} article={query.data} articleKey={articleKey} look={look} onLook={onLook} />;
  return (
    <Page title="Article">
      <Shown query={query} lines={14}>
        {() => null}
      </Shown>
    </Page>
  );
}
