import { createFileRoute } from "@tanstack/react-router";

import { type Span, readSpan } from "@/features/figures/series";
import { TaskScreen } from "@/features/tasks/TaskScreen";

/** A task; the time of its figures is in the URL. */
export const Route = createFileRoute("/_app/tasks/$name")({
  component: TaskScreen,
  validateSearch: (search: Record<string, unknown>): { span?: Span } => ({ span: readSpan(search.span) }),
});
