/** What the screens of articles ask for. */

import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";

import { type Schemas, api, ask } from "@/api/client";
import { paging } from "@/api/pages";

export type Article = Schemas["ArticleView"];
export type ArticleItem = Schemas["ArticleSummary"];
export type Version = Schemas["VersionView"];
export type Brief = Schemas["Brief"];
export type Reference = Schemas["Reference"];
export type Planned = Schemas["PlannedView"];
export type Wait = Schemas["WaitView"];

const PAGE = 50;
const REVIEWS = 200;

export interface Wanted {
  q?: string;
  tag?: string;
  state?: Schemas["ArticleState"];
}

/** The task whose job waits for a person to approve the article. */
export const WRITER = "articles.write_article";

export const ARTICLES_KEY = ["live", "articles"] as const;

export function articlesQuery(wanted: Wanted) {
  return infiniteQueryOptions({
    queryKey: [...ARTICLES_KEY, "list", wanted],
    queryFn: ({ pageParam: cursor }) =>
      ask(api.GET("/api/v1/articles", { params: { query: { ...wanted, limit: PAGE, cursor } } })),
    ...paging,
    placeholderData: keepPreviousData,
  });
}

/** Under no "live" key: what is being edited is asked again when something happened to it, not at every hint. */
export function articleQuery(key: string) {
  return queryOptions({
    queryKey: ["article", key],
    queryFn: () => ask(api.GET("/api/v1/articles/{key}", { params: { path: { key } } })),
  });
}

/** The article that a job wrote, if it has stored it. */
export function articleOfQuery(jobId: string) {
  return queryOptions({
    queryKey: [...ARTICLES_KEY, "of", jobId],
    queryFn: async () => {
      const page = await ask(api.GET("/api/v1/articles", { params: { query: { job_id: jobId, limit: 1 } } }));
      return page.items[0] ?? null;
    },
  });
}

export function versionsQuery(articleId: string, version: number) {
  return queryOptions({
    queryKey: ["article", articleId, "versions", version],
    queryFn: () =>
      ask(api.GET("/api/v1/articles/{article_id}/versions", { params: { path: { article_id: articleId } } })),
    placeholderData: keepPreviousData,
  });
}

export function versionQuery(articleId: string, version: number) {
  return queryOptions({
    queryKey: ["article", articleId, "version", version],
    queryFn: () =>
      ask(
        api.GET("/api/v1/articles/{article_id}/versions/{version}", {
          params: { path: { article_id: articleId, version } },
        }),
      ),
    staleTime: Infinity,
  });
}

/** The wait of the job that wrote an article, while it is open. */
export function reviewQuery(jobId: string) {
  return queryOptions({
    queryKey: ["live", "review", jobId],
    queryFn: async () => {
      const waits = await ask(api.GET("/api/v1/jobs/{job_id}/waits", { params: { path: { job_id: jobId } } }));
      return (
        waits.find(({ name, state, kind }) => name === "approval" && state === "open" && kind === "answer") ?? null
      );
    },
    // the job may be deleted long before the article is
    retry: false,
  });
}

/** The articles that wait for somebody to approve them: the newest 200 open waits are looked through. */
export const reviewsQuery = queryOptions({
  queryKey: ["live", "reviews"],
  queryFn: async () => {
    const page = await ask(api.GET("/api/v1/waits", { params: { query: { state: "open", limit: REVIEWS } } }));
    return page.items.filter(({ task, name }) => task === WRITER && name === "approval");
  },
});

export const planQuery = infiniteQueryOptions({
  queryKey: [...ARTICLES_KEY, "plan"],
  queryFn: ({ pageParam: cursor }) =>
    ask(api.GET("/api/v1/articles/plan", { params: { query: { limit: PAGE, cursor } } })),
  ...paging,
});
