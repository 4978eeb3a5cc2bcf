import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";

import { Secret } from "@/features/keys/Secret";

interface Props {
  codes: string[];
  email: string | null;
  onDone: () => void;
}

/** The codes for when the app is lost, shown this once. */
export function RecoveryCodes({ codes, email, onDone }: Props) {
  const text = codes.join("\n");
  const file = `Headrace recovery codes of ${email ?? location.host}\n\n${text}\n`;
  return (
    <Secret
      label="Recovery codes"
      text={text}
      about="Keep them somewhere safe: each lets you in once without the app. They can't be shown again."
      onDone={onDone}
    >
      <Button
        component="a"
        variant="default"
        leftSection={<IconDownload size={14} />}
        href={`data:text/plain;charset=utf-8,${encodeURIComponent(file)}`}
        download="headrace-recovery-codes.txt"
      >
        Download
      </Button>
    </Secret>
  );
}
