import { api, ask } from "@/api/client";
import type { Key } from "@/features/keys/KeyTable";
import { ActButton } from "@/ui/ActButton";
import { useAct } from "@/ui/act";
import { confirm } from "@/ui/confirm";

import { allKeysQuery } from "./queries";

/** The end of anybody's key. */
export function WithdrawKey({ of: key }: { of: Key }) {
  const withdraw = useAct({
    act: () => ask(api.DELETE("/api/v1/admin/keys/{key_id}", { params: { path: { key_id: key.id } } })),
    done: `The key ${key.name} counts no more.`,
    keys: [allKeysQuery.queryKey],
  });
  async function askAndWithdraw(): Promise<void> {
    const body = "Programs that use it are refused at once. This can't be undone.";
    const title = `Withdraw ${key.name}?`;
    if (await confirm({ title, body, label: "Withdraw the key", isDangerous: true })) withdraw.mutate();
  }
  return (
    <ActButton
      variant="default"
      aria-label={`Withdraw ${key.name}`}
      loading={withdraw.isPending}
      onClick={() => void askAndWithdraw()}
    >
      Withdraw
    </ActButton>
  );
}
