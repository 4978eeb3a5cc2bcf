import { Anchor, Code, Group, Image, Stack, Text, TextInput } from "@mantine/core";

import { type Schemas, api, ask } from "@/api/client";
import { CopyIcon } from "@/ui/CopyIcon";
import { useAct } from "@/ui/act";

import { ChangeForm } from "./ChangeForm";
import { factorQuery, sessionsKey } from "./queries";

interface Props {
  made: Schemas["EnrolmentView"];
  onOn: (codes: Schemas["RecoveryCodes"]) => void;
  onBack: () => void;
}

/** The seed for the app as a picture and in letters, and the first code that turns it on. */
export function Enrolment({ made, onOn, onBack }: Props) {
  const confirm = useAct({
    act: (code: string) => ask(api.PUT("/api/v1/auth/second-factor/confirmation", { body: { code } })),
    done: "The second factor is on. Your other sessions have ended.",
    keys: [factorQuery.queryKey, sessionsKey],
    onDone: onOn,
    isQuiet: true,
  });
  return (
    <Group align="flex-start" gap="lg">
      <Image
        src={made.qr_code}
        alt="QR code of the seed"
        w={200}
        h={200}
        bg="white"
        p={8}
        radius="sm"
        style={{ flex: "none" }}
      />
      <Stack gap="sm" style={{ flex: "1 1 240px" }}>
        <Text size="sm">
          Scan this with the app, or open it{" "}
          <Anchor href={made.address} underline="always">
            on this device
          </Anchor>
          , or type the seed. Then enter the code that the app shows.
        </Text>
        <Group gap={4} wrap="nowrap">
          <Code aria-label="Seed" role="group" tabIndex={0} style={{ overflowWrap: "anywhere" }}>
            {made.seed}
          </Code>
          <CopyIcon value={made.seed} label="Copy the seed" />
        </Group>
        <ChangeForm
          label="Turn it on"
          required={{ code: "Enter the code that the app shows" }}
          send={async ({ code = "" }) => void (await confirm.mutateAsync(code))}
        >
          {(errors) => (
            <TextInput
              label="Code"
              name="code"
              inputMode="numeric"
              autoComplete="one-time-code"
              maxLength={10}
              autoFocus
              error={errors.code}
            />
          )}
        </ChangeForm>
        <Anchor component="button" type="button" size="sm" onClick={onBack} style={{ alignSelf: "flex-start" }}>
          Not now
        </Anchor>
      </Stack>
    </Group>
  );
}
