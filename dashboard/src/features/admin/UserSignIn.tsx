import { Group, Text } from "@mantine/core";
import { useState } from "react";

import { type Schemas, api, ask } from "@/api/client";
import { Secret } from "@/features/keys/Secret";
import { Section } from "@/ui/Section";
import { ActButton } from "@/ui/ActButton";
import { useAct } from "@/ui/act";
import { confirm } from "@/ui/confirm";

import { type User, linksQuery } from "./queries";

/** Help for somebody who can't sign in: a link for a new password, and the second factor's end. */
export function UserSignIn({ user }: { user: User }) {
  const [link, setLink] = useState<Schemas["NewLinkView"] | null>(null);
  const params = { path: { user_id: user.id } };
  const reset = useAct({
    act: () => ask(api.POST("/api/v1/admin/users/{user_id}/reset-link", { params })),
    keys: [linksQuery.queryKey],
    onDone: setLink,
  });
  const remove = useAct({
    act: () => ask(api.DELETE("/api/v1/admin/users/{user_id}/second-factor", { params })),
    done: "The second factor is off: the password alone signs them in.",
    keys: [["users", user.id]],
  });
  async function askAndRemove(): Promise<void> {
    const body = "The password alone signs them in then. Be sure that it is them who ask.";
    const title = `Turn off the second factor of ${user.email}?`;
    if (await confirm({ title, body, label: "Turn it off", isDangerous: true })) remove.mutate();
  }
  return (
    <Section title="Sign-in" about="For somebody who can't get in.">
      {link && (
        <Secret
          label="The link for a new password"
          text={link.url}
          about="Send it to them. It works once, within a day, and can't be shown again."
          onDone={() => setLink(null)}
        />
      )}
      <Group gap="xs">
        <ActButton variant="light" loading={reset.isPending} onClick={() => reset.mutate()}>
          Make a link for a new password
        </ActButton>
        <ActButton variant="default" loading={remove.isPending} onClick={() => void askAndRemove()}>
          Turn off the second factor
        </ActButton>
      </Group>
      <Text size="xs" c="dimmed">
        A link made before counts no more once another is made.
      </Text>
    </Section>
  );
}
