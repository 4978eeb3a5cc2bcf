import { Group, Stack } from "@mantine/core";
import type { ReactNode } from "react";

import { Refusal } from "@/features/forms/Refusal";
import { type Given, useSend } from "@/features/forms/useSend";
import { ActButton } from "@/ui/ActButton";

interface Props {
  label: string;
  isDangerous?: boolean;
  required?: Given;
  send: (given: Given) => Promise<void>;
  /** The fields, given what is wrong with each. */
  children: (errors: Given) => ReactNode;
}

/** A short form of the account, emptied once it was taken. */
export function ChangeForm({ label, isDangerous, required, send, children }: Props) {
  const { errors, problem, wait, isBusy, onSubmit } = useSend({ required, send, isEmptied: true });
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack gap="sm" maw={380}>
        {children(errors)}
        <Refusal problem={problem} wait={wait} />
        <Group>
          <ActButton
            type="submit"
            variant={isDangerous ? "filled" : "light"}
            color={isDangerous ? "red" : undefined}
            loading={isBusy}
            disabled={wait > 0}
          >
            {wait > 0 ? `Try again in ${String(wait)} s` : label}
          </ActButton>
        </Group>
      </Stack>
    </form>
  );
}
