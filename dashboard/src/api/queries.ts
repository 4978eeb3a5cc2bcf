/** How the page keeps what it has asked for: what is fresh, what is asked again, and what is not worth a second try. */

import { QueryClient } from "@tanstack/react-query";

import { reach } from "./client";
import { Problem } from "./problem";

export function makeQueryClient(): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 2_000,
        retry: (count, reason) =>
          !(reason instanceof Problem && reason.status >= 400 && reason.status < 500) && count < 2,
        refetchOnWindowFocus: true,
      },
      mutations: { retry: false },
    },
  });
  reach.onReturn(() => void client.invalidateQueries());
  return client;
}
