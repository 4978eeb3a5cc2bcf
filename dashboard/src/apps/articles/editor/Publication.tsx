import { Tooltip } from "@mantine/core";
import { IconWorld, IconWorldOff } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";

import { api, ask } from "@/api/client";
import { ActButton } from "@/ui/ActButton";
import { useAct } from "@/ui/act";

import { ReadLink } from "../ReadLink";
import { ARTICLES_KEY, type Article, articleQuery } from "../queries";

interface Props {
  article: Article;
  queryKey: string;
  isDirty: boolean;
}

/** Publishes an article or takes it back: shown at once, put back if it did not work. */
export function Publication({ article, queryKey: key, isDirty }: Props) {
  const queries = useQueryClient();
  const { queryKey } = articleQuery(key);
  const isPublished = article.state === "published";
  const act = useAct({
    act: async () => {
      const before = queries.getQueryData<Article>(queryKey);
      queries.setQueryData<Article>(queryKey, (old) => old && { ...old, state: isPublished ? "draft" : "published" });
      const params = { path: { article_id: article.id } };
      try {
        const call = isPublished
          ? api.DELETE("/api/v1/articles/{article_id}/publication", { params })
          : api.PUT("/api/v1/articles/{article_id}/publication", { params });
        queries.setQueryData(queryKey, await ask(call));
      } catch (reason) {
        queries.setQueryData(queryKey, before);
        throw reason;
      }
    },
    done: isPublished ? "A draft again; readers no longer find it" : "Published",
    keys: [ARTICLES_KEY],
  });
  return (
    <>
      {isPublished && <ReadLink slug={article.slug} />}
      <Tooltip label="Save first: the saved version is what readers see" disabled={!isDirty}>
        <div>
          <ActButton
            variant={isPublished ? "default" : "light"}
            color={isPublished ? undefined : "teal"}
            leftSection={isPublished ? <IconWorldOff size={14} /> : <IconWorld size={14} />}
            loading={act.isPending}
            disabled={isDirty && !isPublished}
            onClick={() => act.mutate()}
          >
            {isPublished ? "Unpublish" : "Publish"}
          </ActButton>
        </div>
      </Tooltip>
    </>
  );
}
