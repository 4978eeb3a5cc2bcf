import { Paper } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";

import { Empty } from "@/ui/Empty";
import { ErrorState } from "@/ui/ErrorState";
import { Loading } from "@/ui/Loading";
import { More } from "@/ui/More";
import { Page } from "@/ui/Page";

import { AuditFilter } from "./AuditFilter";
import { AuditTable } from "./AuditTable";
import { type AuditFilters, auditQuery } from "./audit";

interface Props {
  filters: AuditFilters;
  onChange: (filters: AuditFilters) => void;
}

/** Who did what, on what and from where, the newest first. */
export function AuditScreen({ filters, onChange }: Props) {
  const query = useInfiniteQuery({ ...auditQuery(filters), placeholderData: keepPreviousData });
  const entries = query.data?.pages.flatMap(({ items }) => items);
  return (
    <Page title="Audit log" about="Who did what, on what, and from where. Entries can't be changed.">
      <AuditFilter filters={filters} onChange={onChange} />
      {query.isError && <ErrorState problem={query.error} onRetry={() => void query.refetch()} />}
      {!entries && !query.isError && <Loading lines={12} />}
      {entries?.length === 0 && <Empty title="Nothing like that was done">Take away a filter to see more.</Empty>}
      {entries && entries.length > 0 && (
        <Paper withBorder>
          <AuditTable entries={entries} onChoose={(part) => onChange({ ...filters, ...part })} />
        </Paper>
      )}
      <More
        hasMore={query.hasNextPage}
        isLoading={query.isFetchingNextPage}
        hasFailed={query.isFetchNextPageError}
        onMore={() => void query.fetchNextPage()}
      />
    </Page>
  );
}
