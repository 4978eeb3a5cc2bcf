import { IconArticle } from "@tabler/icons-react";

import type { AppScreens } from "../app";

/** The Articles app, as the menu, the overview and ⌘K tell of it. */
export const ARTICLES: AppScreens = {
  name: "articles",
  label: "Articles",
  icon: IconArticle,
  to: "/apps/articles",
  about: "Have articles written from a brief, review, edit and publish them.",
  key: "a",
};
