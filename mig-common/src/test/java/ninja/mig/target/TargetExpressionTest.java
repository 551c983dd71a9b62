package ninja.mig.target;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ninja.mig.model.RejectedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetExpressionTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "name like '%'",
                "agents.queueloc LIKE 'linux.%' AND environment->>'ident' ILIKE '%ubuntu%'",
                "environment->>'os' IN ('linux','darwin') AND mode='daemon'",
                "tags->>'operator'='IT'",
                "tags#>>'{operator}'='IT'",
                "version='201409171023+c4d6f50.prod' and heartbeattime > NOW() - interval '1 minute'",
                "status='online' AND mode='daemon'",
                "id IN (select agentid from commands, json_array_elements(commands.results) as r where actionid=1 and r#>>'{foundanything}' = 'true')",
                "name = 'it''s'",
                "(environment->>'ident' ilike 'red%') or (environment->>'ident' ilike 'centos%')",
                "starttime < NOW() - INTERVAL '30 days'",
                "environment::text like '%x%'",
                "\"name\" = 'a'",
                "id = 4690123456789",
                "pid > 1e3",
                "name ~ '^web[0-9]+;$'",
                "tags->>'a' = '--'",
                "name like '%\u00e9%'"
            })
    void acceptsConditions(String target) {
        assertDoesNotThrow(() -> TargetExpression.check(target));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  ",
                "1=1) ; RESET ROLE; UPDATE agents SET name='owned'; --",
                "true); RESET ROLE; INSERT INTO signatures VALUES (1); SELECT 1 FROM agents WHERE (false",
                "set_config('role','migscheduler',true) IS NOT NULL",
                "set_config('role','none',false) IS NOT NULL",
                "query_to_xml('select privatekey from investigators',true,true,'')::text LIKE '%a%'",
                "1=1) UNION SELECT * FROM agents WHERE (1=1",
                "pg_sleep(10) IS NULL",
                "pg_catalog.pg_sleep(10) IS NULL",
                "\"pg_sleep\"(10) IS NULL",
                "\"set_config\" ('a','b',true) is null",
                "pg_advisory_lock(1) IS NULL",
                "lo_create(0) IS NULL",
                "id IN (select 1 from pg_class)",
                "id IN (select 1 from information_schema.tables)",
                "id IN (select agentid into x from commands)",
                "id IN (select agentid from commands for update)",
                "id IN (select agentid from commands for no key update)",
                "name = 'a' -- comment",
                "name = 'a' /* comment */",
                "name = $$a$$",
                "name = $1",
                "name = E'\\x41'",
                "name = e'a'",
                "name = U&'\\0041'",
                "U&\"n\\0061me\" = 'a'",
                "name = B'1'",
                "name = X'1F'",
                "name = N'a'",
                "name = 'a",
                "\"name = 'a'",
                "\"na\"\"me\" = 'a'",
                "name = \\ 'a'",
                "(name = 'a'",
                "name = 'a')",
                "(name = 'a']",
                "name = 'a';",
                "name = 'a\u0000'",
                "name = 'a' \u0007",
                "name = `a`",
                "name = {a}",
                "1(2)",
                "1 OPERATOR(pg_catalog.=) 1",
                "dblink('x','y') is null",
                "set_config /**/ ('a','b',true) is null"
            })
    void refusesMoreThanACondition(String target) {
        RejectedException e = assertThrows(RejectedException.class, () -> TargetExpression.check(target));

        assertTrue(e.getMessage().startsWith("target "), e.getMessage());
    }

    @Test
    void refusesDeepAndLongTargets() {
        assertThrows(RejectedException.class, () -> TargetExpression.check("(".repeat(33) + "true" + ")".repeat(33)));
        assertThrows(RejectedException.class, () -> TargetExpression.check("name = '" + "a".repeat(2048) + "'"));
        assertDoesNotThrow(() -> TargetExpression.check("(".repeat(32) + "true" + ")".repeat(32)));
    }
}
