import { Badge, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { Schemas } from "@/api/client";
import { Section } from "@/ui/Section";
import { Shown } from "@/ui/Shown";
import { Time } from "@/ui/Time";

import { Enrolment } from "./Enrolment";
import { FactorActs } from "./FactorActs";
import { RecoveryCodes } from "./RecoveryCodes";
import { factorQuery } from "./queries";

/** The second factor: set up with an authenticator app, its recovery codes, and its end. */
export function FactorSection({ email }: { email: string | null }) {
  const query = useQuery(factorQuery);
  const [enrolment, setEnrolment] = useState<Schemas["EnrolmentView"] | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const show = (made: Schemas["RecoveryCodes"]): void => {
    setEnrolment(null);
    setCodes(made.recovery_codes);
  };
  return (
    <Section title="Second factor" about="A code of an authenticator app besides the password.">
      <Shown query={query} lines={3}>
        {({ is_on: isOn, since, recovery_codes: left }) => (
          <>
            <Text size="sm" component="div">
              <Badge color={isOn ? "teal" : "gray"}>{isOn ? "on" : "off"}</Badge>{" "}
              {isOn ? (
                <>
                  Since <Time at={since} />. {left} recovery codes are left.
                </>
              ) : (
                "The password alone signs you in."
              )}
            </Text>
            {codes && <RecoveryCodes codes={codes} email={email} onDone={() => setCodes(null)} />}
            {enrolment ? (
              <Enrolment made={enrolment} onOn={show} onBack={() => setEnrolment(null)} />
            ) : (
              <FactorActs isOn={isOn} onBegun={setEnrolment} onCodes={show} onOff={() => setCodes(null)} />
            )}
          </>
        )}
      </Shown>
    </Section>
  );
}
