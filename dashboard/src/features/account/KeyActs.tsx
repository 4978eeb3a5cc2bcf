import { ActionIcon, Group, Tooltip } from "@mantine/core";
import { IconRefresh, IconTrash } from "@tabler/icons-react";

import { type Schemas, api, ask } from "@/api/client";
import type { Key } from "@/features/keys/KeyTable";
import { useAct } from "@/ui/act";
import { confirm } from "@/ui/confirm";
import { useReach } from "@/ui/useReach";

import { keysQuery } from "./queries";

interface Props {
  of: Key;
  onRotated: (made: Schemas["NewKeyView"]) => void;
  onWithdrawn: () => void;
}

const GRACE_SECONDS = 86_400;

/** A key's exchange for a new text, and its end. */
export function KeyActs({ of: key, onRotated, onWithdrawn }: Props) {
  const { isReachable } = useReach();
  const params = { path: { key_id: key.id } };
  const rotate = useAct({
    act: () => ask(api.POST("/api/v1/auth/keys/{key_id}/rotation", { params, body: { grace_seconds: GRACE_SECONDS } })),
    keys: [keysQuery.queryKey],
    onDone: onRotated,
  });
  const withdraw = useAct({
    act: () => ask(api.DELETE("/api/v1/auth/keys/{key_id}", { params })),
    done: `The key ${key.name} counts no more.`,
    keys: [keysQuery.queryKey],
    onDone: onWithdrawn,
  });

  async function askAndRotate(): Promise<void> {
    const body = "It gets a new text, shown once. The old text is good for one more day.";
    if (await confirm({ title: `Exchange ${key.name}?`, body, label: "Exchange the key" })) rotate.mutate();
  }
  async function askAndWithdraw(): Promise<void> {
    const body = "Programs that use it are refused at once. This can't be undone.";
    const title = `Withdraw ${key.name}?`;
    if (await confirm({ title, body, label: "Withdraw the key", isDangerous: true })) withdraw.mutate();
  }
  return (
    <Group gap={2} wrap="nowrap">
      <Tooltip label="Exchange for a new text">
        <ActionIcon
          aria-label={`Exchange ${key.name}`}
          disabled={!isReachable}
          loading={rotate.isPending}
          onClick={() => void askAndRotate()}
        >
          <IconRefresh size={16} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Withdraw">
        <ActionIcon
          aria-label={`Withdraw ${key.name}`}
          color="red"
          disabled={!isReachable}
          loading={withdraw.isPending}
          onClick={() => void askAndWithdraw()}
        >
          <IconTrash size={16} />
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}
