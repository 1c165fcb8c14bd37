"""Ready mappings on files of each system's layout, an agency's own words laid over them, and what `cce mappings` says."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path

import pytest
from conftest import run_here
from pydantic import BaseModel

from data_samples.identities import upn
from expectations.contract import contracts_of
from expectations.judging.judge import judge_folder
from expectations.judging.report import Report
from expectations.pseudonyms.mapping import IDENTITY, MappingError, read_mapping
from expectations.pseudonyms.mapping_file import MappingFile, SourceEntry, TableEntry
from expectations.pseudonyms.pseudonymise import Result, pseudonymise
from expectations.pseudonyms.systems import LEFT, coverage, laid_over, system_file, systems

PARTNERSHIP, OWN = bytes(range(32)), bytes(range(32, 64))
EXTRACTED = dt.datetime.fromisoformat("2024-04-05T06:00")
CHILDREN = range(60)
HUB = """
  hub_episodes:
    file: hub.csv
    columns:
      episode_ref: [Child, Opened]
      person_ref: Child
      referral_date: Opened
      source: {value: "6"}
      exploitation_types: {value: CCE}
      decision: {value: accepted}
      decision_date: Opened
      opened_date: Opened
      transferred_to_adult_service: {value: NA}
  risk_assessments:
    file: hub.csv
    columns:
      episode_ref: [Child, Opened]
      assessed_date: Opened
      risk_level: {value: low}
"""
PERIOD = "period: {start: 2019-04-01, end: 2024-03-31}\ntables:\n"


def write(path: Path, header: str, rows: list[list[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(header.split(","))
        out.writerows(rows)


def day(child: int, year: int = 2009) -> dt.date:
    return dt.date(year, child % 12 + 1, child % 28 + 1)


def hub(folder: Path) -> None:
    write(folder / "hub.csv", "Child,Opened", [[f"C{n}", day(n, 2023)] for n in CHILDREN])


def ssda903(folder: Path) -> str:
    """Sexes as numbers and letters, placements of two years, a child without a pupil number."""
    british = "%d/%m/%Y"
    write(
        folder / "header.csv",
        "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB",
        [
            [
                f"C{n}",
                "12MF"[n % 4],
                day(n).strftime(british),
                "WBRI",
                upn(n) if n % 5 else "UN3",
                "",
                "",
            ]
            for n in CHILDREN
        ],
    )
    write(
        folder / "episodes.csv",
        "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN",
        [
            [f"C{n}", day(n, 2022).strftime(british), "S", "C2", "N1", ("K3", "H5", "U4")[n % 3], "PR1", day(n, 2023).strftime(british) if n % 2 else "", "E8" if n % 2 else "", "", "", "B11 1AA", ""]
            for n in CHILDREN
        ],
    )  # fmt: skip
    missing = [[f"C{n}", day(n).strftime(british), "MA"[n % 2]] for n in CHILDREN]
    for n, row in enumerate(missing):
        row += [day(n, 2023).strftime(british), day(n, 2023).strftime(british)]
    write(folder / "missing.csv", "CHILD,DOB,MISSING,MIS_START,MIS_END", missing)
    hub(folder)
    return PERIOD + "  plans: {columns: {responsible_la: {value: E08000025}}}" + HUB


def ssd(folder: Path) -> str:
    write(
        folder / "ssd_person.csv",
        "pers_person_id,pers_forename,pers_surname,pers_sex,pers_ethnicity,pers_dob,pers_common_child_id",
        [[f"C{n}", f"Ada{chr(97 + n % 26)}", "Noor", "F", "ORAB", f"{day(n)} 00:00:00", ""] for n in CHILDREN],
    )  # fmt: skip
    write(
        folder / "ssd_cin_episodes.csv",
        "cine_referral_id,cine_person_id,cine_referral_date,cine_referral_source_code,cine_referral_nfa",
        [[f"R{n}", f"C{n}", f"{day(n, 2022)} 00:00:00", "5D", "N"] for n in CHILDREN],
    )
    for name, person, start, end in (
        ("cp_plans", "cppl_person_id", "cppl_cp_plan_start_date", "cppl_cp_plan_end_date"),
        ("cin_plans", "cinp_person_id", "cinp_cin_plan_start_date", "cinp_cin_plan_end_date"),
        (
            "early_help_episodes",
            "earl_person_id",
            "earl_episode_start_date",
            "earl_episode_end_date",
        ),
    ):
        rows: list[list[object]] = [[f"C{n}", f"{day(n, 2022)} 00:00:00", ""] for n in CHILDREN]
        write(folder / f"ssd_{name}.csv", f"{person},{start},{end}", rows)
    write(
        folder / "ssd_cla_placement.csv",
        "clap_person_id,clap_cla_placement_start_date,clap_cla_placement_end_date,clap_cla_placement_type,clap_cla_placement_postcode",
        [[f"C{n}", f"{day(n, 2021)} 00:00:00", f"{day(n, 2022)} 00:00:00", "U4", "B11 1AA"] for n in CHILDREN],
    )  # fmt: skip
    write(
        folder / "ssd_missing.csv",
        "miss_table_id,miss_person_id,miss_missing_episode_start_date,miss_missing_episode_type,miss_missing_episode_end_date,"
        "miss_missing_rhi_offered,miss_missing_rhi_accepted",
        [[f"M{n}", f"C{n}", f"{day(n, 2023)} 21:30:00", "Missing", f"{day(n, 2023)} 23:10:00", "Y", ""] for n in CHILDREN],
    )  # fmt: skip
    write(
        folder / "ssd_cin_assessments.csv",
        "cina_assessment_id,cina_person_id,cina_assessment_auth_date",
        [[f"A{n}", f"C{n}", f"{day(n, 2023)} 00:00:00"] for n in CHILDREN],
    )
    factors: list[list[object]] = [[f"A{n}", '["24A", "16A"]'] for n in CHILDREN]
    factors.append(["A of another", '["24A"]'])
    write(
        folder / "ssd_assessment_factors.csv",
        "cinf_assessment_id,cinf_assessment_factors_json",
        factors,
    )
    hub(folder)
    own = "  plans: {columns: {responsible_la: {value: E08000025}, legal_status: {value: C2}}}"
    return PERIOD + own + HUB


def school_census(folder: Path) -> str:
    when = "%Y-%b-%d 00:00:00"
    write(
        folder / "pupilonroll.csv",
        "pupilonrolltableid,upn,surname,forename,dob,entrydate,parttime,ethnicity,enrolstatus,senprovision,sex",
        [
            [n, upn(n), "Noor", f"Ada{chr(97 + n % 26)}", day(n).strftime(when), day(n, 2021).strftime(when), "False", "WCOR", "C", "NKS"[n % 3], "M"]
            for n in CHILDREN
        ],
    )  # fmt: skip
    write(
        folder / "termlyexclusionsonroll.csv",
        "termlyexclusionsonrolltableid,pupilonrolltableid,startdate,sessions,category,senprovision,reason1,reason2,reason3",
        [
            [n, n, day(n, 2023).strftime(when), "10.0", ("SUSP", "PERM", "FIXD")[n % 3], "N", "PP", "", "DB"]
            for n in CHILDREN
        ],
    )  # fmt: skip
    columns = "setting: {value: academy}, part_time: {value: N}, free_school_meals: {value: N}"
    return PERIOD + f"  enrolments: {{columns: {{{columns}}}}}\n"


def cin_child(n: int, year: int) -> str:
    """A child of the census: a referral, an assessment that ended with two factors and one that has not, both kinds of plan."""
    ended = f"<CPPendDate>{day(n, 2023)}</CPPendDate>" if year == 2024 and n % 2 else ""
    number = upn(n) if n % 5 else ""
    pupil = f"<UPN>{number}</UPN>" if number else "<UPNunknown>UN3</UPNunknown>"
    return f"""<Child><ChildIdentifiers><LAchildID>C{n}</LAchildID>{pupil}
        <PersonBirthDate>{day(n)}</PersonBirthDate><Sex>{"M1F2"[n % 4]}</Sex></ChildIdentifiers>
      <ChildCharacteristics><Ethnicity>WBRI</Ethnicity></ChildCharacteristics>
      <CINdetails><CINreferralDate>{day(n, 2022)}</CINreferralDate><ReferralSource>5D</ReferralSource><ReferralNFA>false</ReferralNFA>
        <Assessments><AssessmentActualStartDate>{day(n, 2022)}</AssessmentActualStartDate>
          <AssessmentAuthorisationDate>{day(n, 2023)}</AssessmentAuthorisationDate>
          <FactorsIdentifiedAtAssessment><AssessmentFactors>24A</AssessmentFactors><AssessmentFactors>16A</AssessmentFactors>
          </FactorsIdentifiedAtAssessment></Assessments>
        <Assessments><AssessmentActualStartDate>{day(n, 2023)}</AssessmentActualStartDate></Assessments>
        <CINPlanDates><CINPlanStartDate>{day(n, 2021)}</CINPlanStartDate><CINPlanEndDate>{day(n, 2022)}</CINPlanEndDate></CINPlanDates>
        <Section47><S47ActualStartDate>{day(n, 2022)}</S47ActualStartDate></Section47>
        <ChildProtectionPlans><CPPstartDate>{day(n, 2022)}</CPPstartDate>{ended}</ChildProtectionPlans>
      </CINdetails></Child>"""


def cin_census(folder: Path) -> str:
    """Two years of the census with the same children: plans of the first have ended in the second."""
    for year in (2023, 2024):
        children = "".join(cin_child(n, year) for n in CHILDREN)
        # In each year some plan has ended, so that the element is there.
        ended = children.replace(
            "</CPPstartDate></Child",
            f"</CPPstartDate><CPPendDate>{day(0, 2023)}</CPPendDate></Child",
            1,
        )
        (folder / f"cin_{year}.xml").write_text(
            f'<?xml version="1.0"?><Message><Header><Year>{year}</Year></Header><Children>{ended}</Children></Message>',
            "utf-8",
        )
    hub(folder)
    return PERIOD + HUB


LAYOUTS = {"cin_census": cin_census, "ssda903": ssda903, "ssd": ssd, "school_census": school_census}


def made(folder: Path, system: str) -> tuple[Result, Path]:
    folder.mkdir()
    (folder / "columns.yml").write_text(LAYOUTS[system](folder), "utf-8")
    agency = system_file(system).agency
    mapping = read_mapping(folder / "columns.yml", agency, system)
    out = folder.parent / "2024-04-05"
    return pseudonymise(folder, out, mapping, PARTNERSHIP, OWN, EXTRACTED), out


def rows(out: Path, table: str) -> list[dict[str, str]]:
    return list(csv.DictReader((out / f"{table}.csv").open(encoding="utf-8")))


def test_every_system_is_tried() -> None:
    assert sorted(LAYOUTS) == systems()


@pytest.mark.parametrize("system", LAYOUTS)
def test_what_is_made_of_its_files_is_accepted(tmp_path: Path, system: str) -> None:
    """The system's own files, with the few words that cce mappings leaves to the agency."""
    result, out = made(tmp_path / "raw", system)
    agency = system_file(system).agency
    report = Report(agency, None, "2024-04-05")
    judge_folder(out, report, None, lambda _: None, dt.date(2024, 4, 6), tmp_path)
    assert report.is_accepted, report.message()
    unread = {
        (table, column): number
        for table, noted in result.noted.items()
        for column, number in noted.unread.items()
        if number
    }
    assert not unread


def test_the_return_on_children_looked_after(tmp_path: Path) -> None:
    result, out = made(tmp_path / "raw", "ssda903")
    people = rows(out, "people")[:-3]
    assert {row["sex"] for row in people} == {"M", "F"}
    assert sum(bool(row["key_upn"]) for row in people) == 48
    assert result.noted["people"].said_nothing["upn"] == 12
    assert {row["placement_type"] for row in rows(out, "plans")} == {"K3", "H5", "U4"}
    assert {row["responsible_la"] for row in rows(out, "plans")} == {"E08000025"}
    assert all(row["started_at"].endswith("T00:00") for row in rows(out, "missing_episodes"))
    assert result.noted["missing_episodes"].times_assumed["started_at"] == 60


def test_returns_of_several_years_are_one_history(tmp_path: Path) -> None:
    """An episode open in one return and ended in the next is one, and ended; a child in both is one."""
    folder = tmp_path / "raw"
    folder.mkdir()
    (folder / "columns.yml").write_text(ssda903(folder), "utf-8")
    for name in ("header", "episodes", "missing"):
        path = folder / f"{name}.csv"
        lines = path.read_text("utf-8").splitlines()
        (folder / f"{name}_2022.csv").write_text("\n".join(lines[:40]), "utf-8")
        (folder / f"{name}_2023.csv").write_text("\n".join([lines[0], *lines[20:]]), "utf-8")
        path.unlink()
    earlier = folder / "episodes_2022.csv"
    ends = [line.split(",") for line in earlier.read_text("utf-8").splitlines()]
    for cells in ends[1:]:
        cells[7:9] = ["", ""]
    earlier.write_text("\n".join(",".join(cells) for cells in ends), "utf-8")
    mapping = read_mapping(folder / "columns.yml", "trust", "ssda903")
    out = tmp_path / "2024-04-05"
    result = pseudonymise(folder, out, mapping, PARTNERSHIP, OWN, EXTRACTED)
    assert result.rows["people"] == len(CHILDREN) + 3
    plans = rows(out, "plans")
    assert len(plans) == len(CHILDREN)
    # Of those in the later return every second has ended; the first 19 are in the earlier alone.
    assert sum(bool(row["end_date"]) for row in plans) == len(
        [n for n in CHILDREN if n % 2 and n >= 19]
    )
    said = "\n".join(result.lines())
    assert "episodes*.csv: 20 rows that are not the latest of theirs, left out" in said


def test_without_a_postcode_file_the_areas_are_declared_blank(tmp_path: Path) -> None:
    result, out = made(tmp_path / "raw", "ssda903")
    not_supplied = json.loads((out / "supply.json").read_text("utf-8"))["not_supplied"]
    assert not_supplied["plans.placement_la"] == "not_held"
    said = "\n".join(result.lines())
    assert "no postcode file (--postcodes): plans.placement_la are blank in every row" in said
    assert "missing_episodes, rhi_offered: NA in every row, as the mapping says" in said


def test_the_children_in_need_census(tmp_path: Path) -> None:
    _, out = made(tmp_path / "raw", "cin_census")
    people = rows(out, "people")[:-3]
    assert len(people) == len(CHILDREN)
    assert {row["sex"] for row in people} == {"M", "F"}
    assert sum(bool(row["key_upn"]) for row in people) == 48
    assert {row["source"] for row in rows(out, "referrals")} == {"5D"}
    assert {row["no_further_action"] for row in rows(out, "referrals")} == {"N"}
    assert len(rows(out, "referrals")) == len(CHILDREN)
    plans = rows(out, "plans")
    of_kind = {kind: [row for row in plans if row["plan_type"] == kind] for kind in ("CP", "CIN")}
    assert {kind: len(of) for kind, of in of_kind.items()} == {"CP": 60, "CIN": 60}
    # Open in the first file and ended in the second: every second of them, and one more.
    assert sum(bool(row["end_date"]) for row in of_kind["CP"]) in (30, 31)
    factors = rows(out, "assessment_factors")
    assert [row["factor_code"] for row in factors[:2]] == ["24A", "16A"]
    assert len(factors) == 2 * len(CHILDREN)


def test_the_safeguarding_dataset(tmp_path: Path) -> None:
    result, out = made(tmp_path / "raw", "ssd")
    kinds = [row["plan_type"] for row in rows(out, "plans")]
    assert {kind: kinds.count(kind) for kind in kinds} == dict.fromkeys(
        ("CLA", "CP", "CIN", "EH"), 60
    )
    factors = rows(out, "assessment_factors")
    assert [row["factor_code"] for row in factors[:2]] == ["24A", "16A"]
    assert len(factors) == 120
    assert sum(result.left_out.values()) == 2
    assert {row["started_at"][-5:] for row in rows(out, "missing_episodes")} == {"21:30"}
    assert {row["ethnicity"] for row in rows(out, "people")[:-3]} == {"OOTH"}


def test_the_school_register(tmp_path: Path) -> None:
    _, out = made(tmp_path / "raw", "school_census")
    exclusions = rows(out, "exclusions")
    assert {row["reasons"] for row in exclusions} == {"PP;DB"}
    assert {row["sessions"] for row in exclusions} == {"10"}
    assert {row["exclusion_type"] for row in exclusions} == {"suspension", "permanent"}
    assert {row["ethnicity"] for row in rows(out, "people")[:-3]} == {"WBRI"}
    assert {row["sen_provision"] for row in rows(out, "enrolments")} == {"N", "K", "E"}


def test_what_the_agency_says_stands_before_the_ready_mapping() -> None:
    ready = {
        "tables": {
            "plans": [{"file": "a.csv", "columns": {"x": "A", "y": "B"}}],
            "people": {"columns": {}},
        }
    }
    own = {
        "period": 1,
        "tables": {"plans": {"encoding": "cp1252", "columns": {"y": "C", "z": "D"}}},
    }
    over = laid_over(ready, own)
    columns = {"x": "A", "y": "C", "z": "D"}
    assert over["tables"]["plans"] == [{"file": "a.csv", "encoding": "cp1252", "columns": columns}]
    assert over["period"] == 1
    parts = [{"file": "own.csv", "columns": {}}]
    assert laid_over(ready, {"tables": {"plans": parts}})["tables"]["plans"] == parts


@pytest.mark.parametrize("system", LAYOUTS)
def test_a_mapping_names_only_what_there_is(system: str) -> None:
    file = system_file(system)
    known = contracts_of(file.agency)
    assert set(file.tables) | set(file.left_to_you) <= set(known)
    for table, entry in file.tables.items():
        columns = {c.name for c in known[table].columns} | set(IDENTITY)
        for part in entry:
            assert set(part.columns) <= columns


@pytest.mark.parametrize("model", [SourceEntry, TableEntry, MappingFile])
def test_every_word_of_a_mapping_is_in_the_documentation(model: type[BaseModel]) -> None:
    text = (Path(__file__).parents[3] / "docs" / "pseudonymisation.md").read_text("utf-8")
    words = [field.alias or name for name, field in model.model_fields.items()]
    assert [word for word in words if word not in text and word != "text_number"] == []


def test_what_each_fills_is_said(tmp_path: Path) -> None:
    covered = coverage("ssda903")
    assert covered["plans"]["placement_type"] == "PLACE of episodes*.csv"
    assert covered["plans"]["placement_la"] == "PL_POST of episodes*.csv, with --postcodes"
    assert covered["missing_episodes"]["rhi_offered"] == "NA in every row"
    assert covered["hub_episodes"]["decision"] == LEFT
    assert covered["people"]["key_upn"] == "UPN of header*.csv"
    assert covered["people"]["key_name_dob"] == "not in it"
    said = run_here(tmp_path, "mappings").stdout
    assert [line.partition(":")[0] for line in said.splitlines()] == systems()
    said = run_here(tmp_path, "mappings", "ssda903").stdout
    assert "hub_episodes: no national return has it" in said
    assert "placement_type: PLACE of episodes*.csv" in said
    done = run_here(tmp_path, "mappings", "sda903")
    assert (done.returncode, "did you mean “ssda903”" in done.stderr) == (1, True)


def test_another_agency_s_system_is_refused(tmp_path: Path) -> None:
    (tmp_path / "columns.yml").write_text(PERIOD + HUB, "utf-8")
    with pytest.raises(MappingError, match="the mapping school_census is for education, not for"):
        read_mapping(tmp_path / "columns.yml", "trust", "school_census")
