import { createFileRoute } from "@tanstack/react-router";

import { TasksScreen } from "@/features/tasks/TasksScreen";

/** The tasks; what is looked for is in the URL. */
export const Route = createFileRoute("/_app/tasks/")({
  component: TasksScreen,
  validateSearch: (search: Record<string, unknown>): { q?: string } => ({
    q: typeof search.q === "string" || typeof search.q === "number" ? String(search.q) : undefined,
  }),
});
