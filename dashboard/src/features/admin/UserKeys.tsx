import { Button, Group, Modal, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { type Schemas, api, ask } from "@/api/client";
import { KeyTable } from "@/features/keys/KeyTable";
import { NewKeyForm } from "@/features/keys/NewKeyForm";
import { Secret } from "@/features/keys/Secret";
import { Section } from "@/ui/Section";
import { Shown } from "@/ui/Shown";
import { useAct } from "@/ui/act";

import { WithdrawKey } from "./WithdrawKey";
import { type User, allKeysQuery, rolesQuery } from "./queries";

/** The keys that act for a user, such as one that stands for a program. */
export function UserKeys({ user }: { user: User }) {
  const query = useQuery(allKeysQuery);
  const roles = useQuery(rolesQuery).data;
  const [fresh, setFresh] = useState<Schemas["NewKeyView"] | null>(null);
  const [isOpen, dialog] = useDisclosure(false);
  const permissions = roles?.find(({ role }) => role === user.role)?.permissions ?? [];
  const make = useAct({
    act: (body: Schemas["NewKey"]) =>
      ask(api.POST("/api/v1/admin/users/{user_id}/keys", { params: { path: { user_id: user.id } }, body })),
    keys: [allKeysQuery.queryKey],
    onDone: (made) => {
      setFresh(made);
      dialog.close();
    },
    isQuiet: true,
  });
  return (
    <Section title="API keys">
      {fresh && <Secret label="The new key" text={fresh.key} onDone={() => setFresh(null)} />}
      <Shown query={query} lines={2}>
        {(all) => {
          const keys = all.filter(({ user_id: id }) => id === user.id);
          return keys.length === 0 ? (
            <Text size="sm" c="dimmed">
              No keys.
            </Text>
          ) : (
            <KeyTable keys={keys} acts={(key) => <WithdrawKey of={key} />} />
          );
        }}
      </Shown>
      <Group>
        <Button variant="light" leftSection={<IconPlus size={14} />} onClick={dialog.open}>
          Make a key
        </Button>
      </Group>
      <Modal opened={isOpen} onClose={dialog.close} title={`Make a key that acts for ${user.email}`}>
        <NewKeyForm permissions={permissions} make={async (key) => void (await make.mutateAsync(key))} />
      </Modal>
    </Section>
  );
}
