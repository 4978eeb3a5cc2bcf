import { Stack } from "@mantine/core";
import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { More } from "./More";
import { Shown } from "./Shown";

interface Props<T> {
  query: UseInfiniteQueryResult<InfiniteData<{ items: T[] }>>;
  lines?: number;
  /** What is said where there is nothing. */
  empty: ReactNode;
  children: (items: T[]) => ReactNode;
}

/** A list that is loaded page by page, with its loading, empty and error states, and more at its end. */
export function Paged<T>({ query, lines, empty, children }: Props<T>) {
  return (
    <Shown query={query} lines={lines}>
      {({ pages }) => {
        const items = pages.flatMap((page) => page.items);
        if (items.length === 0) return empty;
        return (
          <Stack gap="sm">
            {children(items)}
            <More
              hasMore={query.hasNextPage}
              isLoading={query.isFetchingNextPage}
              hasFailed={query.isFetchNextPageError}
              onMore={() => void query.fetchNextPage()}
            />
          </Stack>
        );
      }}
    </Shown>
  );
}
