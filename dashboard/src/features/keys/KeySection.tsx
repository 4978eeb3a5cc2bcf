import { Button, Group, Modal, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import type { QueryKey, UseQueryResult } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";

import type { Schemas } from "@/api/client";
import type { Permission } from "@/shell/me";
import { Section } from "@/ui/Section";
import { Shown } from "@/ui/Shown";
import { useAct } from "@/ui/act";

import { type Key, KeyTable } from "./KeyTable";
import { NewKeyForm } from "./NewKeyForm";
import { Secret } from "./Secret";

type NewKey = Schemas["NewKeyView"];

interface Props {
  about?: ReactNode;
  /** What is said where there is no key. */
  none: string;
  dialog: string;
  query: UseQueryResult<Key[]>;
  listed: QueryKey;
  permissions: Permission[];
  make: (key: Schemas["NewKey"]) => Promise<NewKey>;
  acts: (key: Key, onFresh: (made: NewKey | null) => void) => ReactNode;
}

/** The API keys of somebody: made, shown once, and withdrawn. */
export function KeySection({ about, none, dialog, query, listed, permissions, make, acts }: Props) {
  const [fresh, setFresh] = useState<NewKey | null>(null);
  const [isOpen, { open, close }] = useDisclosure(false);
  const made = useAct({
    act: make,
    keys: [listed],
    onDone: (key) => {
      setFresh(key);
      close();
    },
    isQuiet: true,
  });
  return (
    <Section title="API keys" about={about}>
      {fresh && <Secret label="The new key" text={fresh.key} onDone={() => setFresh(null)} />}
      <Shown query={query} lines={3}>
        {(keys) =>
          keys.length === 0 ? (
            <Text size="sm" c="dimmed">
              {none}
            </Text>
          ) : (
            <KeyTable keys={keys} acts={(key) => acts(key, setFresh)} />
          )
        }
      </Shown>
      <Group>
        <Button variant="light" leftSection={<IconPlus size={14} />} onClick={open}>
          Make a key
        </Button>
      </Group>
      <Modal opened={isOpen} onClose={close} title={dialog}>
        <NewKeyForm permissions={permissions} make={async (key) => void (await made.mutateAsync(key))} />
      </Modal>
    </Section>
  );
}
