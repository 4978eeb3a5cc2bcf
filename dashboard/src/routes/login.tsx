import { createFileRoute, redirect } from "@tanstack/react-router";

import { LoginPage } from "@/features/entrance/LoginPage";
import { goalOf } from "@/features/entrance/goal";
import { optionsQuery } from "@/features/entrance/queries";
import { meQuery } from "@/shell/me";

/** Sign in; whoever is signed in goes on, and where nobody has an account yet, the first one is made. */
export const Route = createFileRoute("/login")({
  component: LoginRoute,
  validateSearch: (search: Record<string, unknown>): { next?: string; problem?: string } => ({
    next: typeof search.next === "string" ? search.next : undefined,
    problem: typeof search.problem === "string" ? search.problem : undefined,
  }),
  beforeLoad: async ({ context: { queries }, search }) => {
    const options = await queries.fetchQuery(optionsQuery);
    if (options.needs_setup) throw redirect({ to: "/setup", replace: true });
    if (!options.is_signed_in || search.problem) return;
    // somebody of the trusted network is known without having signed in, and may want to
    const me = await queries.fetchQuery(meQuery);
    if (me.kind === "user") throw redirect({ href: goalOf(search.next), replace: true });
  },
});

function LoginRoute() {
  return <LoginPage {...Route.useSearch()} />;
}
