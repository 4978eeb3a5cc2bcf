import { Anchor, Group, TextInput } from "@mantine/core";
import { useState } from "react";

/** The code of the second factor: six digits of the app, or a recovery code when the app is lost. */
export function CodeField({ error, onBack }: { error?: string; onBack: () => void }) {
  const [isRecovery, setIsRecovery] = useState(false);
  return (
    <div>
      <TextInput
        key={String(isRecovery)}
        label={isRecovery ? "Recovery code" : "Code of your authenticator app"}
        description={isRecovery ? "One of those you kept; each counts once." : "Six digits, new every 30 seconds."}
        name="code"
        autoComplete={isRecovery ? "off" : "one-time-code"}
        inputMode={isRecovery ? "text" : "numeric"}
        spellCheck={false}
        autoFocus
        maxLength={40}
        size="md"
        error={error}
      />
      <Group justify="space-between" mt="xs">
        <Anchor component="button" type="button" size="sm" onClick={() => setIsRecovery(!isRecovery)}>
          {isRecovery ? "Use the app instead" : "Use a recovery code instead"}
        </Anchor>
        <Anchor component="button" type="button" size="sm" onClick={onBack}>
          Another account
        </Anchor>
      </Group>
    </div>
  );
}
