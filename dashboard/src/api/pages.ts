/** Lists that come page by page: one begins without a cursor, and goes on at the one that the page before named. */

interface Paging {
  initialPageParam: string | undefined;
  getNextPageParam: (page: { next_cursor?: string | null }) => string | undefined;
}

export const paging: Paging = {
  initialPageParam: undefined,
  getNextPageParam: ({ next_cursor: next }) => next ?? undefined,
};
