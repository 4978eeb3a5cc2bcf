import { Alert, Group, Tabs, Text } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconDeviceFloppy } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { JobLink } from "@/features/job/header/JobLink";
import { money } from "@/lib/words";
import { useMay } from "@/shell/me";
import { ActButton } from "@/ui/ActButton";
import { ErrorState } from "@/ui/ErrorState";
import { Page } from "@/ui/Page";
import { Time } from "@/ui/Time";
import { TextLink } from "@/ui/links";

import { ArticleState } from "../ArticleState";
import { JobStrip } from "../JobStrip";
import { type Article, reviewQuery } from "../queries";
import { Versions } from "../versions/Versions";
import { Conflict } from "./Conflict";
import { EnrichOne } from "./EnrichOne";
import { Fields } from "./Fields";
import { Leaving } from "./Leaving";
import { Publication } from "./Publication";
import { ReviewBar } from "./ReviewBar";
import type { EditorLook } from "./look";
import { useEditor } from "./useEditor";

interface Props {
  article: Article;
  articleKey: string;
  look: EditorLook;
  onLook: (part: Partial<EditorLook>) => void;
}

interface Work {
  jobId: string;
  title: string;
}

/** The editor of an article that is there. Mounted anew for another one. */
export function Editor({ article, articleKey, look, onLook }: Props) {
  const mayWrite = useMay("jobs:write");
  const editor = useEditor(article, articleKey);
  const queries = useQueryClient();
  const [work, setWork] = useState<Work | null>(null);
  const review = useQuery({ ...reviewQuery(article.job_id ?? ""), enabled: article.job_id !== null });
  const { isDirty } = editor;
  const save = (): void => {
    if (isDirty && !editor.isSaving) editor.save();
  };
  useHotkeys([["mod+S", save]], []);
  return (
    <Page
      title={article.title}
      about={<About article={article} />}
      actions={
        mayWrite && (
          <>
            <EnrichOne
              articleId={article.id}
              isDirty={isDirty}
              onBegun={(jobId) => setWork({ jobId, title: "Writing a summary and tags" })}
            />
            <Publication article={article} queryKey={articleKey} isDirty={isDirty} />
            <ActButton
              leftSection={<IconDeviceFloppy size={14} />}
              disabled={!isDirty}
              loading={editor.isSaving}
              onClick={save}
            >
              {isDirty ? "Save" : "Saved"}
            </ActButton>
          </>
        )
      }
    >
      {work && (
        <JobStrip
          key={work.jobId}
          {...work}
          told={({ state, error }) => error?.message ?? (state === "completed" ? "Done." : `It was ${state}.`)}
          onEnd={() => void queries.invalidateQueries({ queryKey: ["article"] })}
          onClose={() => setWork(null)}
        />
      )}
      {review.data && mayWrite && (
        <ReviewBar
          wait={review.data}
          editor={editor}
          onDecided={() => article.job_id && setWork({ jobId: article.job_id, title: "Doing what you decided" })}
        />
      )}
      {editor.isNewer && (
        <Alert color="orange" mb="sm" p="xs">
          <Text size="sm">
            Version {article.version} was saved meanwhile. When you save, both are shown side by side.
          </Text>
        </Alert>
      )}
      {editor.problem && <ErrorState problem={editor.problem} />}
      <Tabs
        value={look.tab ?? "text"}
        onChange={(tab) =>
          onLook({ tab: tab === "versions" ? "versions" : undefined, v: undefined, against: undefined })
        }
        keepMounted={false}
      >
        <Tabs.List mb="sm">
          <Tabs.Tab value="text">Text</Tabs.Tab>
          <Tabs.Tab value="versions">Versions ({article.version})</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="text">
          <Fields
            draft={editor.draft}
            onChange={editor.change}
            problem={editor.problem}
            view={look.view ?? "both"}
            onView={(view) => onLook({ view: view === "both" ? undefined : view })}
            isReadOnly={!mayWrite}
          />
        </Tabs.Panel>
        <Tabs.Panel value="versions">
          <Versions
            article={article}
            look={look}
            onLook={onLook}
            onRestore={
              mayWrite
                ? (draft) => {
                    editor.replace(draft);
                    onLook({ tab: undefined, v: undefined, against: undefined });
                  }
                : null
            }
            isDirty={isDirty}
          />
        </Tabs.Panel>
      </Tabs>
      <Conflict editor={editor} />
      <Leaving isDirty={isDirty} />
    </Page>
  );
}

function About({ article }: { article: Article }) {
  const { state, version, reading_minutes: minutes, cost_nano_usd: cost, job_id: jobId } = article;
  return (
    <Group gap={6}>
      <ArticleState state={state} />
      <span>
        version {version}, changed <Time at={article.updated_at} /> · {minutes} min to read ·{" "}
        {cost === null ? "written by hand" : `cost ${money(cost)}`}
        {jobId && (
          <>
            {" "}
            · job <JobLink id={jobId} />
          </>
        )}{" "}
        ·{" "}
        <TextLink to="/apps/articles" size="sm" underline="always">
          All articles
        </TextLink>
      </span>
    </Group>
  );
}
