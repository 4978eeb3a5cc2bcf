import { Group, Select } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, ask } from "@/api/client";
import { Empty } from "@/ui/Empty";
import { Page } from "@/ui/Page";
import { Paged } from "@/ui/Paged";

import { Narrowed } from "../Narrowed";
import { callsQuery, spendQuery } from "../queries";
import { type CallsSearch, wantedOf } from "../search";
import { CallDrawer } from "./CallDrawer";
import { CallTable } from "./CallTable";

interface Props {
  search: CallsSearch;
  onChange: (part: Partial<CallsSearch>) => void;
}

const STATES = [
  { value: "ok", label: "Answered" },
  { value: "error", label: "Failed" },
  { value: "lost", label: "Lost" },
  { value: "open", label: "Open" },
];

/** The ledger: every request to a provider, the newest first. */
export function CallsScreen({ search, onChange }: Props) {
  const { task, owner, model, state } = search;
  const query = useInfiniteQuery(callsQuery({ task, owner, model, state }));
  const tasks = useQuery({ queryKey: ["tasks"], queryFn: () => ask(api.GET("/api/v1/tasks")), staleTime: 60_000 });
  const models = useModels();
  const isNarrowed = Boolean(task ?? owner ?? model ?? state);
  return (
    <Page title="AI calls" about="Every request to a provider: written before it is made, settled after it.">
      <Group gap="xs" mb="sm">
        <Choice
          label="Task"
          value={task}
          data={tasks.data?.map(({ name }) => name)}
          onChange={(next) => onChange({ task: next })}
        />
        <Choice label="Model" value={model} data={models} onChange={(next) => onChange({ model: next })} />
        <Select
          aria-label="State"
          placeholder="Any state"
          clearable
          clearButtonProps={{ "aria-label": "Any state" }}
          w={140}
          value={state ?? null}
          data={STATES}
          onChange={(next) => onChange({ state: (next ?? undefined) as CallsSearch["state"] })}
        />
        <Narrowed name="Owner" value={owner} onClear={() => onChange({ owner: undefined })} />
      </Group>
      <Paged
        query={query}
        lines={14}
        empty={
          isNarrowed ? (
            <Empty title="No call like that">Filters look through the newest 50,000 calls.</Empty>
          ) : (
            <Empty title="No AI call yet">Calls show here as soon as a job asks a model.</Empty>
          )
        }
      >
        {(calls) => (
          <CallTable
            calls={calls}
            chosen={search.call}
            onChoose={({ id, job_id: job }) => onChange({ call: id, job })}
          />
        )}
      </Paged>
      <CallDrawer
        callId={search.call}
        jobId={search.job}
        known={query.data?.pages.flatMap(({ items }) => items).find(({ id }) => id === search.call)}
        onClose={() => onChange({ call: undefined, job: undefined })}
      />
    </Page>
  );
}

/** The models that were asked in the last 90 days. */
function useModels(): string[] | undefined {
  const [{ from, to }] = useState(() => wantedOf({ range: "90d" }, Date.now()));
  const { data } = useQuery({ ...spendQuery("model", { from, to }), refetchInterval: false });
  return data?.items.map(({ provider, model }) => `${provider ?? ""}:${model ?? ""}`);
}

interface ChoiceProps {
  label: string;
  value: string | undefined;
  data: string[] | undefined;
  onChange: (next: string | undefined) => void;
}

function Choice({ label, value, data = [], onChange }: ChoiceProps) {
  const all = value && !data.includes(value) ? [value, ...data] : data;
  return (
    <Select
      aria-label={label}
      placeholder={`Any ${label.toLowerCase()}`}
      searchable
      clearable
      clearButtonProps={{ "aria-label": `Any ${label.toLowerCase()}` }}
      w={{ base: "100%", xs: 240 }}
      value={value ?? null}
      data={all}
      onChange={(next) => onChange(next ?? undefined)}
    />
  );
}
