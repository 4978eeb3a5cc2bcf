import { Group, Stack, TagsInput, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";

import { api, ask } from "@/api/client";
import { ActButton } from "@/ui/ActButton";
import { ErrorState } from "@/ui/ErrorState";
import { useAct } from "@/ui/act";

import { type Alias, modelsQuery } from "../queries";

interface Props {
  alias: Alias | null;
  known: string[];
  onDone: () => void;
}

/** Makes or changes an alias. */
export function AliasForm({ alias, known, onDone }: Props) {
  const [name, setName] = useState(alias?.name ?? "");
  const [models, setModels] = useState<string[]>(alias?.stands_for ?? []);
  const act = useAct({
    act: () => ask(api.PUT("/api/v1/ai/aliases/{name}", { params: { path: { name: name.trim() } }, body: { models } })),
    done: "The alias is set; workers know within 5 seconds",
    keys: [modelsQuery.queryKey],
    isQuiet: true,
    onDone,
  });
  const isReady = name.trim() !== "" && models.length > 0;
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (isReady) act.mutate();
  };
  return (
    <form onSubmit={send}>
      <Stack gap="sm">
        <TextInput
          label="Alias"
          placeholder="fast"
          value={name}
          readOnly={alias !== null}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TagsInput
          label="Models, in the order they are asked"
          description="provider:model or another alias; the next one is asked where one fails or has no room."
          size="xs"
          data={known}
          value={models}
          onChange={setModels}
          acceptValueOnBlur
          // above, so that the button below is not covered while models are chosen
          comboboxProps={{ position: "top-start" }}
          maxDropdownHeight={140}
          clearable
          clearButtonProps={{ "aria-label": "Clear models" }}
        />
        {act.isError && <ErrorState problem={act.error} />}
        <Group justify="flex-end">
          <ActButton type="submit" loading={act.isPending} disabled={!isReady}>
            Set the alias
          </ActButton>
        </Group>
      </Stack>
    </form>
  );
}
