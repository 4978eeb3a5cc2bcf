import { Group, Text } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";

import { api, ask } from "@/api/client";
import { Section } from "@/ui/Section";
import { ActButton } from "@/ui/ActButton";
import { complain, useAct } from "@/ui/act";
import { confirm } from "@/ui/confirm";

import { useUserChange } from "./RoleSection";
import type { User } from "./queries";

/** Keeping a user out, for a while or for good. */
export function UserEnd({ user }: { user: User }) {
  const navigate = useNavigate();
  const isDisabled = user.disabled_at !== null;
  const change = useUserChange(user, isDisabled ? "They can sign in again." : "They are signed out and can't sign in.");
  const remove = useAct({
    act: () => ask(api.DELETE("/api/v1/admin/users/{user_id}", { params: { path: { user_id: user.id } } })),
    done: `${user.email} is deleted.`,
    keys: [["users"]],
    onDone: () => void navigate({ to: "/admin/users" }),
  });
  async function askAndRemove(): Promise<void> {
    const body = "Their sessions and keys end at once. Their jobs stay. This can't be undone.";
    const title = `Delete ${user.email}?`;
    if (await confirm({ title, body, label: "Delete the user", isDangerous: true })) remove.mutate();
  }
  return (
    <Section title="Keep out" about="A disabled user is signed out and can't sign in. A deleted one is gone.">
      <Text size="sm">{isDisabled ? "This user is disabled." : "This user can sign in."}</Text>
      <Group gap="xs">
        <ActButton
          variant="default"
          loading={change.isPending}
          onClick={() => change.mutate({ disabled: !isDisabled }, { onError: complain })}
        >
          {isDisabled ? "Enable" : "Disable"}
        </ActButton>
        <ActButton color="red" loading={remove.isPending} onClick={() => void askAndRemove()}>
          Delete the user
        </ActButton>
      </Group>
    </Section>
  );
}
