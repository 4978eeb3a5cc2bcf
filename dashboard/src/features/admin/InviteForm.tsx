import { Group, NativeSelect, NumberInput, Stack, TextInput } from "@mantine/core";

import { type Schemas, api, ask } from "@/api/client";
import { Refusal } from "@/features/forms/Refusal";
import { useSend } from "@/features/forms/useSend";
import { ActButton } from "@/ui/ActButton";
import { useAct } from "@/ui/act";

import { ROLES, linksQuery } from "./queries";
import { roleOf } from "./words";

/** A link by which somebody makes an account of a role. */
export function InviteForm({ onMade }: { onMade: (link: Schemas["NewLinkView"]) => void }) {
  const make = useAct({
    act: ({ email, role, days }: Record<string, string>) =>
      ask(
        api.POST("/api/v1/admin/invitations", {
          body: { email: email || null, role: roleOf(role), days: Number(days) || 7 },
        }),
      ),
    keys: [linksQuery.queryKey],
    onDone: onMade,
    isQuiet: true,
  });
  const { errors, problem, isBusy, onSubmit } = useSend({
    send: async (given) => void (await make.mutateAsync(given)),
  });
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack gap="sm">
        <TextInput
          label="E-mail"
          name="email"
          type="email"
          description="Only this address can use it; without one, whoever has the link."
          autoComplete="off"
          data-autofocus
          error={errors.email}
        />
        <NativeSelect label="Role" name="role" data={ROLES} defaultValue="member" size="xs" />
        <NumberInput
          label="Good for days"
          name="days"
          defaultValue={7}
          min={1}
          max={90}
          allowDecimal={false}
          error={errors.days}
        />
        <Refusal problem={problem} />
        <Group justify="flex-end">
          <ActButton type="submit" loading={isBusy}>
            Make the link
          </ActButton>
        </Group>
      </Stack>
    </form>
  );
}
