import { Button, Group, Modal, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { type Schemas, api, ask } from "@/api/client";
import { KeyTable } from "@/features/keys/KeyTable";
import { NewKeyForm } from "@/features/keys/NewKeyForm";
import { Secret } from "@/features/keys/Secret";
import type { Me } from "@/shell/me";
import { Section } from "@/ui/Section";
import { Shown } from "@/ui/Shown";
import { useAct } from "@/ui/act";

import { KeyActs } from "./KeyActs";
import { keysQuery } from "./queries";

/** One's API keys: made, shown once, exchanged and withdrawn. */
export function KeysSection({ me }: { me: Me }) {
  const query = useQuery(keysQuery);
  const [fresh, setFresh] = useState<Schemas["NewKeyView"] | null>(null);
  const [isOpen, dialog] = useDisclosure(false);
  const make = useAct({
    act: (body: Schemas["NewKey"]) => ask(api.POST("/api/v1/auth/keys", { body })),
    keys: [keysQuery.queryKey],
    onDone: (made) => {
      setFresh(made);
      dialog.close();
    },
    isQuiet: true,
  });
  return (
    <Section
      title="API keys"
      about={
        <>
          For programs: <code>Authorization: Bearer hr_…</code>
        </>
      }
    >
      {fresh && <Secret label="The new key" text={fresh.key} onDone={() => setFresh(null)} />}
      <Shown query={query} lines={3}>
        {(keys) =>
          keys.length === 0 ? (
            <Text size="sm" c="dimmed">
              You have no keys.
            </Text>
          ) : (
            <KeyTable
              keys={keys}
              acts={(key) => <KeyActs of={key} onRotated={setFresh} onWithdrawn={() => setFresh(null)} />}
            />
          )
        }
      </Shown>
      <Group>
        <Button variant="light" leftSection={<IconPlus size={14} />} onClick={dialog.open}>
          Make a key
        </Button>
      </Group>
      <Modal opened={isOpen} onClose={dialog.close} title="Make an API key">
        <NewKeyForm permissions={me.permissions} make={async (key) => void (await make.mutateAsync(key))} />
      </Modal>
    </Section>
  );
}
