import { createFileRoute } from "@tanstack/react-router";

import { ArticleList } from "@/apps/articles/ArticleList";
import { readArticlesSearch } from "@/apps/articles/search";

export const Route = createFileRoute("/_app/apps/articles/")({
  component: ArticleList,
  validateSearch: readArticlesSearch,
});
