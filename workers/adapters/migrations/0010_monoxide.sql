-- Who goes where gas is smelled also goes where a carbon monoxide alarm sounds.
UPDATE units SET problems = array_append(problems, 'carbon monoxide alarm') WHERE 'gas smell' = ANY (problems);
