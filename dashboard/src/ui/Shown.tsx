import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { ErrorState } from "./ErrorState";
import { Loading } from "./Loading";

interface Props<T> {
  query: UseQueryResult<T>;
  lines?: number;
  children: (data: T) => ReactNode;
}

/** What a query brought; lines while it is on its way; its problem with a second try. Old data stays on screen meanwhile. */
export function Shown<T>({ query, lines, children }: Props<T>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.isError) return <ErrorState problem={query.error} onRetry={() => void query.refetch()} />;
  return <Loading lines={lines} />;
}
