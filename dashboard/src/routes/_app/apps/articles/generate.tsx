import { createFileRoute } from "@tanstack/react-router";

import { text } from "@/apps/articles/search";
import { GenerateScreen } from "@/apps/articles/writing/GenerateScreen";

/** `job` is the one whose writing is shown. */
export const Route = createFileRoute("/_app/apps/articles/generate")({
  component: GenerateScreen,
  validateSearch: (given: Record<string, unknown>): { job?: string } => ({ job: text(given.job, 36) }),
});
