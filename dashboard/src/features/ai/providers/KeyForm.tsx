import { Group, PasswordInput, Stack } from "@mantine/core";
import { type FormEvent, useState } from "react";

import { api, ask } from "@/api/client";
import { ActButton } from "@/ui/ActButton";
import { ErrorState } from "@/ui/ErrorState";
import { useAct } from "@/ui/act";

import { type Provider, modelsQuery, providersQuery } from "../queries";

/** Stores a provider's key; it counts before one of the settings. */
export function KeyForm({ provider: { name, title }, onDone }: { provider: Provider; onDone: () => void }) {
  const [key, setKey] = useState("");
  const act = useAct({
    act: () =>
      ask(api.PUT("/api/v1/ai/providers/{name}/key", { params: { path: { name } }, body: { key: key.trim() } })),
    done: `${title} has its key`,
    keys: [providersQuery.queryKey, modelsQuery.queryKey],
    isQuiet: true,
    onDone,
  });
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (key.trim()) act.mutate();
  };
  return (
    <form onSubmit={send} autoComplete="off">
      <Stack gap="sm">
        <PasswordInput
          label="Key"
          description="Stored encrypted. Only its last four characters are shown from then on."
          value={key}
          autoComplete="off"
          data-autofocus
          onChange={(event) => setKey(event.currentTarget.value)}
        />
        {act.isError && <ErrorState problem={act.error} />}
        <Group justify="flex-end">
          <ActButton type="submit" loading={act.isPending} disabled={!key.trim()}>
            Store the key
          </ActButton>
        </Group>
      </Stack>
    </form>
  );
}
