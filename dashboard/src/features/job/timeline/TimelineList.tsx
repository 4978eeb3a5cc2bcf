import { Anchor, ScrollArea, Table, Text } from "@mantine/core";

import { took } from "@/lib/words";

import { isBad, nameOf } from "./look";
import type { TimelineProps } from "./props";
import type { Row } from "./rows";

const MOST = 500;

/** The same as a table: to read, to copy, and for whoever sees no bars. */
export function TimelineList({ rows, selected, onSelect, begin, now }: TimelineProps & { begin: number; now: number }) {
  return (
    <ScrollArea.Autosize mah={560} type="auto" viewportProps={{ tabIndex: 0, "aria-label": "Timeline as a list" }}>
      <Table stickyHeader fz="xs" miw={520}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>What</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th ta="right">Began after</Table.Th>
            <Table.Th ta="right">Waited</Table.Th>
            <Table.Th ta="right">Took</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.slice(0, MOST).map((row) => (
            <Table.Tr key={row.id} bg={row.id === selected ? "var(--mantine-primary-color-light)" : undefined}>
              <Table.Td pl={10 + row.depth * 14}>
                <Anchor component="button" type="button" fz="xs" ta="left" onClick={() => onSelect(row.id)}>
                  {nameOf(row)}
                </Anchor>
              </Table.Td>
              <Table.Td c={isBad(row) ? "red" : undefined}>{row.state}</Table.Td>
              <Figures row={row} begin={begin} now={now} />
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {rows.length > MOST && (
        <Text size="xs" c="dimmed" p="xs">
          The first {MOST} of {rows.length.toLocaleString("en")}; the bars have all.
        </Text>
      )}
    </ScrollArea.Autosize>
  );
}

function Figures({ row, begin, now }: { row: Row; begin: number; now: number }) {
  const waited = row.queuedFrom === null ? 0 : row.from - row.queuedFrom;
  const isStored = row.kind === "stored";
  return (
    <>
      <Table.Td ta="right">{isStored ? "–" : took(row.from - begin)}</Table.Td>
      <Table.Td ta="right">{waited >= 1 ? took(waited) : "–"}</Table.Td>
      <Table.Td ta="right">{isStored ? "–" : took((row.to ?? now) - row.from)}</Table.Td>
    </>
  );
}
