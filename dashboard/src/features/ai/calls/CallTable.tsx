import { Anchor, Badge, Group, Paper, Table, Text } from "@mantine/core";

import { between, count, money, took } from "@/lib/words";
import { Owner } from "@/ui/Owner";
import { Time } from "@/ui/Time";

import type { Call } from "../queries";
import classes from "./CallTable.module.css";

export const CALL_COLOR: Record<string, string> = { ok: "teal", error: "red", lost: "orange", open: "water" };

interface Props {
  calls: readonly Call[];
  chosen: string | undefined;
  onChoose: (call: Call) => void;
}

/** Calls as rows; a row's name opens what more there is to know. */
export function CallTable({ calls, chosen, onChoose }: Props) {
  return (
    <Paper withBorder>
      <Table.ScrollContainer minWidth={860} scrollAreaProps={{ viewportProps: { tabIndex: 0, "aria-label": "Calls" } }}>
        <Table fz="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={100}>Began</Table.Th>
              <Table.Th>Model and task</Table.Th>
              <Table.Th w={110}>State</Table.Th>
              <Table.Th w={130}>Owner</Table.Th>
              <Table.Th ta="right" className={classes.figure}>
                In
              </Table.Th>
              <Table.Th ta="right" className={classes.figure}>
                Out
              </Table.Th>
              <Table.Th ta="right" className={classes.figure}>
                First token
              </Table.Th>
              <Table.Th ta="right" className={classes.figure}>
                Took
              </Table.Th>
              <Table.Th ta="right" className={classes.figure}>
                Cost
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {calls.map((call) => (
              <Row key={call.id} call={call} isChosen={call.id === chosen} onChoose={onChoose} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}

function Row({ call, isChosen, onChoose }: { call: Call; isChosen: boolean; onChoose: (call: Call) => void }) {
  const { input_tokens: input, output_tokens: output, first_token_ms: first } = call;
  return (
    <Table.Tr
      bg={isChosen ? "var(--mantine-primary-color-light)" : undefined}
      onClick={() => onChoose(call)}
      style={{ cursor: "pointer" }}
    >
      <Table.Td>
        <Time at={call.started_at} />
      </Table.Td>
      <Table.Td>
        <Anchor component="button" type="button" size="sm" ta="start" onClick={() => onChoose(call)}>
          {call.provider}:{call.model}
        </Anchor>
        <Text size="xs" c="dimmed">
          {call.task}, {call.step}
        </Text>
      </Table.Td>
      <Table.Td>
        <Group gap={4} wrap="nowrap">
          <Badge size="sm" color={CALL_COLOR[call.state] ?? "gray"}>
            {call.state}
          </Badge>
          {call.rung !== "first" && (
            <Badge size="sm" color="orange">
              {call.rung}
            </Badge>
          )}
          {call.is_cached && <Badge size="sm">kept</Badge>}
        </Group>
      </Table.Td>
      <Table.Td>
        <Owner owner={call.owner} />
      </Table.Td>
      <Table.Td ta="right" className={classes.figure}>
        {input === null ? "–" : count(input)}
      </Table.Td>
      <Table.Td ta="right" className={classes.figure}>
        {output === null ? "–" : count(output)}
      </Table.Td>
      <Table.Td ta="right" className={classes.figure}>
        {first === null ? "–" : took(first)}
      </Table.Td>
      <Table.Td ta="right" className={classes.figure}>
        {call.finished_at ? took(between(call.started_at, call.finished_at)) : "–"}
      </Table.Td>
      <Table.Td ta="right" className={classes.figure}>
        {costOf(call)}
      </Table.Td>
    </Table.Tr>
  );
}

function costOf({ cost_nano_usd: cost, reserved_nano_usd: reserved, state }: Call): string {
  if (cost !== null) return money(cost);
  if (state !== "open") return "unknown";
  return reserved === null ? "–" : `≤ ${money(reserved)}`;
}
