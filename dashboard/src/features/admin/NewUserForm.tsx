import { Group, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";

import { api, ask } from "@/api/client";
import { PasswordField } from "@/features/forms/PasswordField";
import { Refusal } from "@/features/forms/Refusal";
import { useSend } from "@/features/forms/useSend";
import { ActButton } from "@/ui/ActButton";
import { useAct } from "@/ui/act";

import { ROLES } from "./queries";
import { roleOf } from "./words";

/** A user by an administrator's hand; without a password they get a link to set one. */
export function NewUserForm({ onMade }: { onMade: () => void }) {
  const navigate = useNavigate();
  const make = useAct({
    act: ({ email = "", name = "", role, password }: Record<string, string>) =>
      ask(api.POST("/api/v1/admin/users", { body: { email, name, role: roleOf(role), password: password || null } })),
    done: (user) => `${user.email} has an account now.`,
    keys: [["users"]],
    isQuiet: true,
  });
  const { errors, problem, isBusy, onSubmit } = useSend({
    required: { email: "Enter an e-mail address" },
    send: async (given) => {
      const user = await make.mutateAsync(given);
      onMade();
      await navigate({ to: "/admin/users/$id", params: { id: user.id } });
    },
  });
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack gap="sm">
        <TextInput label="E-mail" name="email" type="email" autoComplete="off" data-autofocus error={errors.email} />
        <TextInput label="Name" name="name" autoComplete="off" maxLength={200} error={errors.name} />
        <NativeSelect label="Role" name="role" data={ROLES} defaultValue="member" size="xs" />
        <PasswordField
          isNew
          description="Leave it empty to make a link afterwards by which they set one."
          error={errors.password}
        />
        <Refusal problem={problem} />
        <Group justify="flex-end">
          <ActButton type="submit" loading={isBusy}>
            Make the user
          </ActButton>
        </Group>
      </Stack>
    </form>
  );
}
