import type { QueryClient } from "@tanstack/react-query";
import { createFileRoute, redirect } from "@tanstack/react-router";

import { Problem } from "@/api/problem";
import { Shell } from "@/shell/Shell";
import { isSaidToBeSignedIn, meQuery } from "@/shell/me";

/** Every screen behind the sign-in. Where the page came with word that somebody is, the screen's own code and data are
 * loaded while it is asked who. */
export const Route = createFileRoute("/_app")({
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    if (isSaidToBeSignedIn()) void context.queries.prefetchQuery(meQuery);
    else await letIn(context.queries, location.href);
  },
  loader: ({ context, location }) => letIn(context.queries, location.href),
});

async function letIn(queries: QueryClient, href: string): Promise<void> {
  try {
    await queries.ensureQueryData(meQuery);
  } catch (reason) {
    if (reason instanceof Problem && reason.status === 401) {
      throw redirect({ to: "/login", search: href === "/" ? {} : { next: href }, replace: true });
    }
    throw reason;
  }
}
