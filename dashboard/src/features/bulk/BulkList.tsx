import { Paper, Table } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { useMay } from "@/shell/me";
import { Empty } from "@/ui/Empty";
import { Page } from "@/ui/Page";
import { Shown } from "@/ui/Shown";
import { Time, Took } from "@/ui/Time";
import { TextLink } from "@/ui/links";

import { BulkProgress, BulkState } from "./BulkState";
import { type BulkAction, bulkActionsQuery } from "./queries";
import { filterWords, titleOf } from "./words";

/** The newest hundred bulk actions. */
export function BulkList() {
  const query = useQuery(bulkActionsQuery);
  const mayChange = useMay("jobs:write");
  return (
    <Page title="Bulk actions" about="Jobs that were cancelled, retried or deleted many at once.">
      <Shown query={query}>
        {(actions) =>
          actions.length === 0 ? (
            <Empty title="No bulk action yet">
              {mayChange && (
                <>
                  Select jobs in the{" "}
                  <TextLink to="/jobs" size="sm" underline="always">
                    list of jobs
                  </TextLink>
                  , then all that match.
                </>
              )}
            </Empty>
          ) : (
            <Paper withBorder>
              <Table.ScrollContainer minWidth={720}>
                <Table>
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>Action</Table.Th>
                      <Table.Th w={110}>State</Table.Th>
                      <Table.Th w={220}>Progress</Table.Th>
                      <Table.Th>Jobs that are</Table.Th>
                      <Table.Th w={110}>Begun</Table.Th>
                      <Table.Th w={90}>Took</Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {actions.map((bulk) => (
                      <BulkRow key={bulk.id} bulk={bulk} />
                    ))}
                  </Table.Tbody>
                </Table>
              </Table.ScrollContainer>
            </Paper>
          )
        }
      </Shown>
    </Page>
  );
}

function BulkRow({ bulk }: { bulk: BulkAction }) {
  return (
    <Table.Tr>
      <Table.Td>
        <TextLink to="/bulk-actions/$id" params={{ id: bulk.id }} size="sm" fw={500}>
          {titleOf(bulk)}
        </TextLink>
      </Table.Td>
      <Table.Td>
        <BulkState bulk={bulk} />
      </Table.Td>
      <Table.Td>
        <BulkProgress bulk={bulk} />
      </Table.Td>
      <Table.Td>{filterWords(bulk)}</Table.Td>
      <Table.Td>
        <Time at={bulk.created_at} />
      </Table.Td>
      <Table.Td>
        <Took from={bulk.created_at} to={bulk.finished_at} />
      </Table.Td>
    </Table.Tr>
  );
}
