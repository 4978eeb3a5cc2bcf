import { Button, Group, Modal, NumberInput, Stack, Text } from "@mantine/core";
import { useState } from "react";

import { api, ask } from "@/api/client";
import { queuesQuery } from "@/features/overview/queries";
import { ActButton } from "@/ui/ActButton";
import { ErrorState } from "@/ui/ErrorState";
import { useAct } from "@/ui/act";

import { type Queue, type Typed, limitsOf, typedOf } from "./limits";

const read = (next: number | string): number | "" => (typeof next === "number" ? next : "");

/** How many jobs of a queue may run at once, and how many may begin in a time, over all workers. */
export function LimitsDialog({ queue, onClose }: { queue: Queue; onClose: () => void }) {
  const [typed, setTyped] = useState<Typed>(() => typedOf(queue));
  const set = (part: Partial<Typed>): void => setTyped({ ...typed, ...part });
  const save = useAct({
    act: () =>
      ask(api.PUT("/api/v1/queues/{name}/limits", { params: { path: { name: queue.name } }, body: limitsOf(typed) })),
    done: `The limits of ${queue.name} are set`,
    keys: [queuesQuery.queryKey],
    onDone: onClose,
    isQuiet: true,
  });
  return (
    <Modal opened onClose={onClose} title={`Limits of ${queue.name}`}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Stack gap="sm">
          <NumberInput
            label="Jobs at once"
            description="Over all workers. Empty: no limit."
            min={1}
            allowDecimal={false}
            value={typed.concurrency}
            onChange={(next) => set({ concurrency: read(next) })}
            data-autofocus
          />
          <Group gap="xs" align="flex-end" grow>
            <NumberInput
              label="Jobs begun"
              description="Empty: no limit."
              min={1}
              allowDecimal={false}
              value={typed.starts}
              onChange={(next) => set({ starts: read(next) })}
            />
            <NumberInput
              label="in seconds"
              description="They are spread evenly."
              min={0}
              value={typed.seconds}
              onChange={(next) => set({ seconds: read(next) })}
            />
          </Group>
          <Text size="xs" c="dimmed">
            What runs already goes on; the limits count for what is begun from now on.
          </Text>
          {save.isError && <ErrorState problem={save.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Back
            </Button>
            <ActButton type="submit" loading={save.isPending}>
              Set the limits
            </ActButton>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
