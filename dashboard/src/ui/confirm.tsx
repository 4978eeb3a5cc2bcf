import { Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import type { ReactNode } from "react";

import { overlaysReady } from "./overlays";

interface Question {
  title: string;
  body: ReactNode;
  /** The verb on the button: "Cancel 3 jobs". */
  label: string;
  isDangerous?: boolean;
}

/** Ask before something that can't be undone; true when the person said yes. */
export async function confirm({ title, body, label, isDangerous }: Question): Promise<boolean> {
  await overlaysReady;
  return new Promise((resolve) => {
    modals.openConfirmModal({
      title,
      children: (
        <Text size="sm" component="div">
          {body}
        </Text>
      ),
      labels: { confirm: label, cancel: "Back" },
      confirmProps: { color: isDangerous ? "red" : undefined },
      onConfirm: () => resolve(true),
      onCancel: () => resolve(false),
      onClose: () => resolve(false),
    });
  });
}
