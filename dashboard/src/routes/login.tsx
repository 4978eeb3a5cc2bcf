import { createFileRoute } from "@tanstack/react-router";

export const Route = createFileRoute("/login")({
  component: () => <p>Sign in</p>,
  validateSearch: (search: Record<string, unknown>): { next?: string; problem?: string } => ({
    next: typeof search.next === "string" ? search.next : undefined,
    problem: typeof search.problem === "string" ? search.problem : undefined,
  }),
});
