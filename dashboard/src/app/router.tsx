/** The router over the files of `routes/`; links are loaded when a pointer rests on them. */

import { Container } from "@mantine/core";
import type { QueryClient } from "@tanstack/react-query";
import { createRouter } from "@tanstack/react-router";

import { routeTree } from "@/routeTree.gen";
import { Loading } from "@/ui/Loading";
import { NotFound } from "@/ui/NotFound";

import { RouteError } from "./RouteError";

export interface RouterContext {
  queries: QueryClient;
}

function Pending() {
  return (
    <Container size="sm" py="xl">
      <Loading />
    </Container>
  );
}

export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree,
    context: { queries } satisfies RouterContext,
    defaultPreload: "intent",
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
    defaultErrorComponent: RouteError,
    defaultNotFoundComponent: () => <NotFound />,
    defaultPendingComponent: Pending,
    defaultPendingMs: 300,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
