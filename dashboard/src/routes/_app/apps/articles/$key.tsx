import { createFileRoute } from "@tanstack/react-router";

import { EditorScreen } from "@/apps/articles/editor/EditorScreen";
import { readEditorLook } from "@/apps/articles/editor/look";

/** One article by its id or slug; how it is looked at stands in the URL. */
export const Route = createFileRoute("/_app/apps/articles/$key")({ component: Shown, validateSearch: readEditorLook });

function Shown() {
  const { key } = Route.useParams();
  const look = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <EditorScreen
      key={key}
      articleKey={key}
      look={look}
      onLook={(part) =>
        void navigate({ search: (before) => ({ ...before, ...part }), replace: true, resetScroll: false })
      }
    />
  );
}
