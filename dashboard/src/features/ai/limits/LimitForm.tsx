import { Autocomplete, Group, NumberInput, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import { api, ask } from "@/api/client";
import { ActButton } from "@/ui/ActButton";
import { ErrorState } from "@/ui/ErrorState";
import { useAct } from "@/ui/act";

import { type Limit, limitsQuery, modelsQuery } from "../queries";

type Bound = number | string;

/** Bounds the calls to a provider or to one of its models. */
export function LimitForm({ limit, onDone }: { limit: Limit | null; onDone: () => void }) {
  const [name, setName] = useState(limit?.name ?? "");
  const [concurrency, setConcurrency] = useState<Bound>(limit?.concurrency ?? "");
  const [requests, setRequests] = useState<Bound>(limit?.requests_per_minute ?? "");
  const [tokens, setTokens] = useState<Bound>(limit?.tokens_per_minute ?? "");
  const models = useQuery(modelsQuery);
  const body = {
    concurrency: boundOf(concurrency),
    requests_per_minute: boundOf(requests),
    tokens_per_minute: boundOf(tokens),
  };
  const act = useAct({
    act: () => ask(api.PUT("/api/v1/ai/limits/{name}", { params: { path: { name: name.trim() } }, body })),
    done: "The limit is set",
    keys: [limitsQuery.queryKey],
    isQuiet: true,
    onDone,
  });
  const isReady = name.trim() !== "" && Object.values(body).some((bound) => bound !== null);
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (isReady) act.mutate();
  };
  const names = models.data ? [...models.data.providers, ...models.data.models].map((one) => one.name) : [];
  return (
    <form onSubmit={send}>
      <Stack gap="sm">
        {limit ? (
          <Text size="sm" fw={600}>
            {limit.name}
          </Text>
        ) : (
          <Autocomplete
            label="Provider or model"
            description="openai, or openai:gpt-5"
            size="xs"
            value={name}
            data={[...new Set(names)]}
            onChange={setName}
          />
        )}
        <Amount label="Calls open at once" value={concurrency} onChange={setConcurrency} />
        <Amount label="Requests a minute" value={requests} onChange={setRequests} />
        <Amount label="Tokens a minute" value={tokens} onChange={setTokens} />
        {act.isError && <ErrorState problem={act.error} />}
        <Group justify="flex-end">
          <ActButton type="submit" loading={act.isPending} disabled={!isReady}>
            Set the limit
          </ActButton>
        </Group>
      </Stack>
    </form>
  );
}

function Amount({ label, value, onChange }: { label: string; value: Bound; onChange: (value: Bound) => void }) {
  return (
    <NumberInput
      label={label}
      placeholder="no bound"
      min={1}
      max={1_000_000_000}
      allowDecimal={false}
      thousandSeparator=","
      value={value}
      onChange={onChange}
    />
  );
}

/** Null for nothing typed: no bound. */
function boundOf(value: Bound): number | null {
  const amount = Number(value);
  return Number.isSafeInteger(amount) && amount > 0 ? amount : null;
}
