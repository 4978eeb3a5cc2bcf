import { createFileRoute, redirect } from "@tanstack/react-router";

import { Problem } from "@/api/problem";
import { Shell } from "@/shell/Shell";
import { meQuery } from "@/shell/me";

/** Every screen behind the sign-in. */
export const Route = createFileRoute("/_app")({
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queries.ensureQueryData(meQuery);
    } catch (reason) {
      if (reason instanceof Problem && reason.status === 401) {
        throw redirect({ to: "/login", search: location.href === "/" ? {} : { next: location.href }, replace: true });
      }
      throw reason;
    }
  },
});
