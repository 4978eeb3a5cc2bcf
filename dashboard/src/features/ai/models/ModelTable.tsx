import { Badge, Paper, Skeleton, Table, Text } from "@mantine/core";

import { count } from "@/lib/words";
import { useMay } from "@/shell/me";
import { TextLink } from "@/ui/links";

import type { Model, Spend } from "../queries";
import classes from "./Models.module.css";
import { askedOf, nameOf, perMillion, shareOf, time } from "./doing";

interface Props {
  models: readonly Model[];
  /** What the calls to each came to; undefined until it is known. */
  sums: readonly Spend[] | undefined;
}

/** The models that can be asked, and those that were: what they cost, and how they did. */
export function ModelTable({ models, sums }: Props) {
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
              <Row key={model.name} model={model} sums={sums} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}

function Row({ model: { name, lacks, price }, sums }: { model: Model; sums: readonly Spend[] | undefined }) {
  const mayChange = useMay("ai:write");
  return (
    <Table.Tr>
      <Table.Td>
        <TextLink to="/ai/calls" search={{ model: name }} size="sm" fw={550}>
          {name}
        </TextLink>
        {lacks && (
          <Text component="div" size="xs">
            <Badge size="xs" color="orange" mr={4}>
              not set up
            </Badge>
            {mayChange && (
              <TextLink to="/ai/providers" size="xs" underline="always">
                Set it up
              </TextLink>
            )}
          </Text>
        )}
      </Table.Td>
      <Table.Td ta="right">{perMillion(price?.input)}</Table.Td>
      <Table.Td ta="right">{perMillion(price?.cached_input)}</Table.Td>
      <Table.Td ta="right">{perMillion(price?.output)}</Table.Td>
      {sums ? (
        <Told sum={sums.find((one) => nameOf(one) === name)} />
      ) : (
        <Table.Td colSpan={6}>
          <Skeleton h={14} />
        </Table.Td>
      )}
    </Table.Tr>
  );
}

function Told({ sum }: { sum: Spend | undefined }) {
  const asked = sum ? askedOf(sum) : 0;
  return (
    <>
      <Table.Td ta="right">{time(sum?.first_token_ms ?? null)}</Table.Td>
      <Table.Td ta="right">{time(sum?.p50_ms ?? null)}</Table.Td>
      <Table.Td ta="right">{time(sum?.p95_ms ?? null)}</Table.Td>
      <Table.Td ta="right">{shareOf(sum ? sum.failed + sum.lost : 0, asked)}</Table.Td>
      <Table.Td ta="right">{shareOf(sum?.repairs ?? 0, asked)}</Table.Td>
      <Table.Td ta="right">{count(asked)}</Table.Td>
    </>
  );
}
