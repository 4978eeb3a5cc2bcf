import { Paper, Table } from "@mantine/core";

import { count, money, took } from "@/lib/words";
import { Owner } from "@/ui/Owner";
import { TextLink } from "@/ui/links";

import type { By, Spend } from "../queries";
import { nameOf } from "./sums";

export const BY_LABEL: Record<By, string> = { day: "Day", task: "Task", owner: "Owner", model: "Model" };

const COLUMNS: [string, (one: Spend) => string][] = [
  ["Calls", (one) => count(one.calls)],
  ["Failed", (one) => (one.failed + one.lost ? share(one.failed + one.lost, one.calls) : "–")],
  ["Repairs", (one) => (one.repairs ? share(one.repairs, one.calls - one.cached) : "–")],
  ["p50", (one) => (one.p50_ms === null ? "–" : took(one.p50_ms))],
  ["p95", (one) => (one.p95_ms === null ? "–" : took(one.p95_ms))],
  ["Kept", (one) => (one.cached ? share(one.cached, one.calls) : "–")],
  ["Tokens in", (one) => count(one.input_tokens)],
  ["cached", (one) => (one.input_tokens ? share(one.cached_tokens, one.input_tokens) : "–")],
  ["Tokens out", (one) => count(one.output_tokens)],
  ["reasoning", (one) => count(one.reasoning_tokens)],
  ["Cost", (one) => (one.unpriced === one.calls && one.calls ? "unknown" : money(one.cost_nano_usd))],
];

/** Who or what spent how much, the dearest first; days in their order, the newest first. */
export function SpendTable({ by, items }: { by: By; items: readonly Spend[] }) {
  const rows = items.toSorted((one, other) =>
    by === "day" ? (other.day ?? "").localeCompare(one.day ?? "") : other.cost_nano_usd - one.cost_nano_usd,
  );
  return (
    <Paper withBorder>
      <Table.ScrollContainer minWidth={960} scrollAreaProps={{ viewportProps: { tabIndex: 0, "aria-label": "Spend" } }}>
        <Table fz="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{BY_LABEL[by]}</Table.Th>
              {COLUMNS.map(([label]) => (
                <Table.Th key={label} ta="right">
                  {label}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((item) => (
              <Table.Tr key={nameOf(by, item)}>
                <Table.Td>
                  <Name by={by} item={item} />
                </Table.Td>
                {COLUMNS.map(([label, told]) => (
                  <Table.Td
                    key={label}
                    ta="right"
                    style={{ whiteSpace: "nowrap" }}
                    fw={label === "Cost" ? 600 : undefined}
                  >
                    {told(item)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}

function Name({ by, item }: { by: By; item: Spend }) {
  const name = nameOf(by, item);
  if (by === "day") return <span style={{ whiteSpace: "nowrap" }}>{name}</span>;
  if (by === "owner" && !name) return <>no owner</>;
  return (
    <TextLink to="/ai/calls" search={{ [by]: name }} size="sm">
      {by === "owner" ? <Owner owner={name} /> : name}
    </TextLink>
  );
}

function share(part: number, whole: number): string {
  const percent = (100 * part) / whole;
  return `${percent > 0 && percent < 1 ? "<1" : String(Math.round(percent))} %`;
}
