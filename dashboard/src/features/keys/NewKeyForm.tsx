import { Checkbox, Group, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useState } from "react";

import type { Schemas } from "@/api/client";
import { Refusal } from "@/features/forms/Refusal";
import { useSend } from "@/features/forms/useSend";
import type { Permission } from "@/shell/me";
import { ActButton } from "@/ui/ActButton";

import { LIVES, MEANING } from "./scopes";

interface Props {
  /** What the key may be allowed: what its user may. */
  permissions: Permission[];
  make: (key: Schemas["NewKey"]) => Promise<void>;
}

/** A new key: its name, what it may, and for how long. */
export function NewKeyForm({ permissions, make }: Props) {
  const [scopes, setScopes] = useState<string[]>([]);
  const { errors, problem, wait, isBusy, onSubmit } = useSend({
    required: { name: "Give it a name, such as what it is for" },
    send: ({ name = "", days }) => make({ name, scopes, days: days ? Number(days) : null }),
  });
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack gap="sm">
        <TextInput
          label="Name"
          name="name"
          description="What it is for: ci, importer, my laptop"
          autoComplete="off"
          maxLength={100}
          data-autofocus
          error={errors.name}
        />
        <Checkbox.Group label="It may" value={scopes} onChange={setScopes} error={errors.scopes}>
          <Stack gap={6} mt={4}>
            {Object.entries(MEANING)
              .filter(([scope]) => permissions.some((one) => one === scope))
              .map(([scope, meaning]) => (
                <Checkbox key={scope} value={scope} label={scope} description={meaning} />
              ))}
          </Stack>
        </Checkbox.Group>
        <NativeSelect label="Good for" name="days" data={LIVES} defaultValue="90" size="xs" />
        <Refusal problem={problem} wait={wait} />
        <Group justify="flex-end">
          <ActButton type="submit" loading={isBusy} disabled={wait > 0 || scopes.length === 0}>
            Make the key
          </ActButton>
        </Group>
      </Stack>
    </form>
  );
}
