import { SegmentedControl, Stack, Text } from "@mantine/core";
import { useState } from "react";

import { BASE } from "@/api/client";
import { Json } from "@/ui/Json";

import { type Call, LANGUAGES, type Language, snippet } from "./snippets";

/** The same thing as a program would do it: "Copy as curl / Python / TypeScript". */
export function CopyAs({ call }: { call: Call }) {
  const [language, setLanguage] = useState<Language>("curl");
  return (
    <Stack gap="xs">
      <SegmentedControl
        value={language}
        onChange={(next) => setLanguage(next as Language)}
        data={[...LANGUAGES]}
        aria-label="Language"
        style={{ alignSelf: "flex-start" }}
      />
      <Json value={snippet(language, call, BASE || location.origin)} label={`as ${language}`} />
      <Text size="xs" c="dimmed">
        Put a key from your account into HEADRACE_API_KEY.
      </Text>
    </Stack>
  );
}
