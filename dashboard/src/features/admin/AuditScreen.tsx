import { Paper } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";

import { Empty } from "@/ui/Empty";
import { Page } from "@/ui/Page";
import { Paged } from "@/ui/Paged";

import { AuditFilter } from "./AuditFilter";
import { AuditTable } from "./AuditTable";
import { type AuditFilters, auditQuery } from "./audit";

interface Props {
  filters: AuditFilters;
  onChange: (filters: AuditFilters) => void;
}

/** Who did what, on what and from where, the newest first. */
export function AuditScreen({ filters, onChange }: Props) {
  const query = useInfiniteQuery(auditQuery(filters));
  return (
    <Page title="Audit log" about="Who did what, on what, and from where. Entries can't be changed.">
      <AuditFilter filters={filters} onChange={onChange} />
      <Paged
        query={query}
        lines={12}
        empty={<Empty title="Nothing like that was done">Take away a filter to see more.</Empty>}
      >
        {(entries) => (
          <Paper withBorder>
            <AuditTable entries={entries} onChoose={(part) => onChange({ ...filters, ...part })} />
          </Paper>
        )}
      </Paged>
    </Page>
  );
}
