import { Button, Group, Modal, Text } from "@mantine/core";
import { useBlocker } from "@tanstack/react-router";

/** Asks before a page with changes that are not saved is left, the tab closed included. */
export function Leaving({ isDirty }: { isDirty: boolean }) {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => isDirty && current.pathname !== next.pathname,
    enableBeforeUnload: () => isDirty,
    withResolver: true,
  });
  const isOpen = blocker.status === "blocked";
  return (
    <Modal opened={isOpen} onClose={() => blocker.reset?.()} title="Leave without saving?" size="sm">
      <Text size="sm">What you changed here is not saved, and would be lost.</Text>
      <Group justify="flex-end" gap="xs" mt="md">
        <Button variant="light" color="red" onClick={() => blocker.proceed?.()}>
          Leave
        </Button>
        <Button onClick={() => blocker.reset?.()} data-autofocus>
          Stay
        </Button>
      </Group>
    </Modal>
  );
}
