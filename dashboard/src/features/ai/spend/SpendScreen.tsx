import { Button, Card, Group, SegmentedControl, SimpleGrid, Skeleton, Stack, TextInput, Title } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Suspense, lazy, useState } from "react";

import { count, money } from "@/lib/words";
import { Empty } from "@/ui/Empty";
import { Page } from "@/ui/Page";
import { Shown } from "@/ui/Shown";
import { Tile } from "@/ui/Tile";

import { Narrowed } from "../Narrowed";
import { type By, type Spend, spendQuery } from "../queries";
import { RANGES, type Range, type SpendSearch, wantedOf } from "../search";
import { BY_LABEL, SpendTable } from "./SpendTable";
import { csvOf, daysOf, totalOf } from "./sums";

const SpendChart = lazy(async () => ({ default: (await import("./SpendChart")).SpendChart }));
const HEIGHT = 200;

interface Props {
  search: SpendSearch;
  onChange: (part: Partial<SpendSearch>) => void;
}

/** What AI calls cost, by day, task, owner and model. */
export function SpendScreen({ search, onChange }: Props) {
  const [now] = useState(() => Date.now());
  const by = search.by ?? "day";
  const wanted = wantedOf(search, now);
  const daily = useQuery(spendQuery("day", wanted));
  const rows = useQuery(spendQuery(by, wanted));
  const items = rows.data?.items ?? [];
  return (
    <Page
      title="AI spend"
      about="Summed with every settled call; a call belongs to the day (UTC) on which it began."
      actions={
        <Button
          variant="default"
          leftSection={<IconDownload size={14} />}
          disabled={items.length === 0}
          onClick={() => download(csvOf(by, items), `ai-spend-by-${by}-${wanted.from}-${wanted.to}.csv`)}
        >
          Export CSV
        </Button>
      }
    >
      <Group gap="xs" mb="md">
        <SegmentedControl
          aria-label="Time"
          value={search.from || search.to ? "" : (search.range ?? "30d")}
          data={Object.keys(RANGES).map((range) => ({ value: range, label: `${String(RANGES[range as Range])} days` }))}
          onChange={(range) => onChange({ range: range as Range, from: undefined, to: undefined })}
        />
        <Day label="From" value={wanted.from} onChange={(from) => onChange({ from, to: wanted.to })} />
        <Day label="To" value={wanted.to} onChange={(to) => onChange({ from: wanted.from, to })} />
        <Narrowed name="Task" value={search.task} onClear={() => onChange({ task: undefined })} />
        <Narrowed name="Owner" value={search.owner} onClear={() => onChange({ owner: undefined })} />
      </Group>
      <Figures items={daily.data?.items} />
      <Card mb="md" component="section" aria-label="Cost by day">
        <Title order={2} mb="xs">
          Cost by day
        </Title>
        <Shown query={daily} lines={7}>
          {({ items: days, from, to }) => (
            <Suspense fallback={<Skeleton h={HEIGHT} />}>
              <SpendChart days={daysOf(days, from, to)} height={HEIGHT} />
            </Suspense>
          )}
        </Shown>
      </Card>
      <Stack gap="xs">
        <SegmentedControl
          aria-label="Summed by"
          style={{ alignSelf: "flex-start" }}
          value={by}
          data={Object.entries(BY_LABEL).map(([value, label]) => ({ value, label: `By ${label.toLowerCase()}` }))}
          onChange={(next) => onChange({ by: next as By })}
        />
        <Shown query={rows}>
          {(spending) =>
            spending.items.length === 0 ? (
              <Empty title="No AI call in this time">Jobs that ask a model show here, with what they cost.</Empty>
            ) : (
              <SpendTable by={by} items={spending.items} />
            )
          }
        </Shown>
      </Stack>
    </Page>
  );
}

function Figures({ items }: { items: readonly Spend[] | undefined }) {
  const total = items && totalOf(items);
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} mb="md" spacing="sm">
      <Tile
        label="Spent"
        value={total && money(total.cost)}
        note={total?.unpriced ? `${count(total.unpriced)} calls of unknown price` : "all calls have a price"}
        color="water"
      />
      <Tile
        label="Calls"
        value={total && count(total.calls)}
        note={total && `${count(total.failed)} failed`}
        color="indigo"
      />
      <Tile
        label="Tokens in"
        value={total && count(total.input)}
        note={total?.input ? `${String(Math.round((100 * total.cachedTokens) / total.input))} % cached` : ""}
        color="teal"
      />
      <Tile label="Tokens out" value={total && count(total.output)} note="reasoning included" color="grape" />
    </SimpleGrid>
  );
}

function Day({ label, value, onChange }: { label: string; value: string; onChange: (day: string) => void }) {
  return (
    <TextInput
      type="date"
      aria-label={label}
      value={value}
      w={150}
      onChange={(event) => {
        if (event.currentTarget.value) onChange(event.currentTarget.value);
      }}
    />
  );
}

function download(text: string, name: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
