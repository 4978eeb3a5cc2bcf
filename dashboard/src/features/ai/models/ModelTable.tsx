import { Badge, Paper, Skeleton, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { count, took } from "@/lib/words";
import { TextLink } from "@/ui/links";

import { type Model, sampleQuery } from "../queries";
import classes from "./Models.module.css";
import { type Doing, doingOf, priceOf } from "./speed";

/** The models that the default, an alias or a recent call names: what they cost, and how they did in their newest calls. */
export function ModelTable({ models }: { models: readonly Model[] }) {
  return (
    <Paper withBorder>
      <Table.ScrollContainer
        minWidth={900}
        scrollAreaProps={{ viewportProps: { tabIndex: 0, "aria-label": "Models" } }}
      >
        <Table fz="sm" className={classes.table}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Model</Table.Th>
              <Table.Th ta="right">In, $ a million</Table.Th>
              <Table.Th ta="right">cached</Table.Th>
              <Table.Th ta="right">Out</Table.Th>
              <Table.Th ta="right">First token</Table.Th>
              <Table.Th ta="right">p50</Table.Th>
              <Table.Th ta="right">p95</Table.Th>
              <Table.Th ta="right">Failed</Table.Th>
              <Table.Th ta="right">Repairs</Table.Th>
              <Table.Th ta="right">of calls</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {models.map((model) => (
              <Row key={model.name} model={model} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}

function Row({ model: { name, lacks, price } }: { model: Model }) {
  const { data } = useQuery(sampleQuery(name));
  const asked = price ?? (data && priceOf(data));
  return (
    <Table.Tr>
      <Table.Td>
        <TextLink to="/ai/calls" search={{ model: name }} size="sm" fw={550}>
          {name}
        </TextLink>
        {lacks && (
          <Text size="xs" c="dimmed" className={classes.lacks}>
            <Badge size="xs" color="orange" mr={4}>
              not set up
            </Badge>
            {lacks}
          </Text>
        )}
      </Table.Td>
      <Table.Td ta="right">{asked?.input ?? "–"}</Table.Td>
      <Table.Td ta="right">{asked?.cached_input ?? "–"}</Table.Td>
      <Table.Td ta="right">{asked?.output ?? "–"}</Table.Td>
      {data ? (
        <Told doing={doingOf(data)} />
      ) : (
        <Table.Td colSpan={6}>
          <Skeleton h={14} />
        </Table.Td>
      )}
    </Table.Tr>
  );
}

function Told({ doing: { calls, p50, p95, firstToken, failed, repairs } }: { doing: Doing }) {
  const time = (ms: number | null): string => (ms === null ? "–" : took(ms));
  const share = (part: number): string => (calls === 0 ? "–" : `${((100 * part) / calls).toFixed(part ? 1 : 0)} %`);
  return (
    <>
      <Table.Td ta="right">{time(firstToken)}</Table.Td>
      <Table.Td ta="right">{time(p50)}</Table.Td>
      <Table.Td ta="right">{time(p95)}</Table.Td>
      <Table.Td ta="right">{share(failed)}</Table.Td>
      <Table.Td ta="right">{share(repairs)}</Table.Td>
      <Table.Td ta="right">{count(calls)}</Table.Td>
    </>
  );
}
