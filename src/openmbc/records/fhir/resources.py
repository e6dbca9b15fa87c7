"""The parts of FHIR R4 resources that hold facts; every other field is skipped while decoding.

Sizes matter here: a cohort is millions of these. Structs are kept out of the garbage collector, lists
are tuples, and a field stands here only when a reader uses it. Of the most frequent resources, what they
say stays text (`Told`) until it is new: equal statements are read once (`memo`). The names are those of FHIR.
"""

# ruff: noqa: N815  (field names are those of FHIR)
from __future__ import annotations

from collections.abc import Callable
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Union

import msgspec
from msgspec import Struct


class Coding(Struct, gc=False, frozen=True):
    system: str | None = None
    code: str | None = None
    display: str | None = None


class CodeableConcept(Struct, gc=False, frozen=True):
    coding: tuple[Coding, ...] = ()
    text: str | None = None


class Reference(Struct, gc=False, frozen=True):
    reference: str | None = None
    display: str | None = None


class Period(Struct, gc=False, frozen=True):
    start: str | None = None
    end: str | None = None


class Quantity(Struct, gc=False, frozen=True):
    value: float | None = None
    comparator: str | None = None
    unit: str | None = None
    code: str | None = None


class Range(Struct, gc=False, frozen=True):
    low: Quantity | None = None
    high: Quantity | None = None


class Ratio(Struct, gc=False, frozen=True):
    numerator: Quantity | None = None
    denominator: Quantity | None = None


class Extension(Struct, gc=False, frozen=True):
    url: str = ""
    valueCode: str | None = None
    valueDateTime: str | None = None
    valueDecimal: float | None = None
    valueInteger: int | None = None
    valueString: str | None = None
    valueCodeableConcept: CodeableConcept | None = None
    valueReference: Reference | None = None
    extension: tuple[Extension, ...] = ()


class Mark(Struct, gc=False, frozen=True):
    """An extension of a condition, without the references that tell people apart."""

    url: str = ""
    valueDateTime: str | None = None
    valueCodeableConcept: CodeableConcept | None = None


class BodySite(Struct, gc=False, frozen=True):
    """A CodeableConcept that may carry the side as an extension (mCODE laterality qualifier)."""

    coding: tuple[Coding, ...] = ()
    text: str | None = None
    extension: tuple[Extension, ...] = ()


class ReferenceRange(Struct, gc=False, frozen=True):
    low: Quantity | None = None
    high: Quantity | None = None
    type: CodeableConcept | None = None


class Resource(Struct, gc=False, tag_field="resourceType"):
    """Base of every resource type that is read."""

    id: str | None = None
    contained: tuple[AnyResource, ...] = ()


class Patient(Resource, gc=False, tag=True):
    gender: str | None = None
    birthDate: str | None = None
    deceasedBoolean: bool | None = None
    deceasedDateTime: str | None = None
    extension: tuple[Extension, ...] = ()


class Stage(Struct, gc=False, frozen=True):
    summary: CodeableConcept | None = None
    assessment: tuple[Reference, ...] = ()
    type: CodeableConcept | None = None


class Condition(Resource, gc=False, tag=True):
    subject: Reference | None = None
    clinicalStatus: CodeableConcept | None = None
    verificationStatus: CodeableConcept | None = None
    code: CodeableConcept | None = None
    bodySite: tuple[BodySite, ...] = ()
    onsetDateTime: str | None = None
    onsetPeriod: Period | None = None
    abatementDateTime: str | None = None
    abatementPeriod: Period | None = None
    recordedDate: str | None = None
    stage: tuple[Stage, ...] = ()
    extension: tuple[Mark, ...] = ()


class Component(Struct, gc=False, frozen=True):
    code: CodeableConcept | None = None
    valueQuantity: Quantity | None = None
    valueCodeableConcept: CodeableConcept | None = None
    valueString: str | None = None
    valueBoolean: bool | None = None
    valueInteger: int | None = None
    valueRange: Range | None = None
    valueRatio: Ratio | None = None
    interpretation: tuple[CodeableConcept, ...] = ()
    referenceRange: tuple[ReferenceRange, ...] = ()


class Observation(Resource, gc=False, tag=True):
    # The order is nearly that of FHIR, in which exports write: the decoder looks for the next field first.
    status: str | None = None
    code: CodeableConcept | None = None
    valueCodeableConcept: CodeableConcept | None = None
    referenceRange: tuple[ReferenceRange, ...] = ()
    subject: Reference | None = None
    focus: tuple[Reference, ...] = ()
    effectiveDateTime: str | None = None
    effectiveInstant: str | None = None
    issued: str | None = None
    valueQuantity: Quantity | None = None
    specimen: Reference | None = None
    device: Reference | None = None
    derivedFrom: tuple[Reference, ...] = ()
    partOf: tuple[Reference, ...] = ()
    # From here on rare: `recall.read` looks at these together.
    valueString: str | None = None
    valueBoolean: bool | None = None
    valueInteger: int | None = None
    valueRange: Range | None = None
    valueRatio: Ratio | None = None
    dataAbsentReason: CodeableConcept | None = None
    interpretation: tuple[CodeableConcept, ...] = ()
    method: CodeableConcept | None = None
    bodySite: BodySite | None = None
    component: tuple[Component, ...] = ()
    extension: tuple[Extension, ...] = ()
    effectivePeriod: Period | None = None
    hasMember: tuple[Reference, ...] = ()


class Repeat(Struct, gc=False):
    boundsPeriod: Period | None = None


class Timing(Struct, gc=False):
    repeat: Repeat | None = None


class Dosage(Struct, gc=False):
    timing: Timing | None = None


class Ingredient(Struct, gc=False):
    itemCodeableConcept: CodeableConcept | None = None


class Medication(Resource, gc=False, tag=True):
    code: CodeableConcept | None = None
    ingredient: tuple[Ingredient, ...] = ()


class MedicationUse(Resource, gc=False):
    """What the three resources about taking a medicine have in common."""

    status: str | None = None
    subject: Reference | None = None
    medicationCodeableConcept: CodeableConcept | None = None
    medicationReference: Reference | None = None
    reasonCode: tuple[CodeableConcept, ...] = ()
    reasonReference: tuple[Reference, ...] = ()
    extension: tuple[Extension, ...] = ()


class MedicationStatement(MedicationUse, gc=False, tag=True):
    statusReason: tuple[CodeableConcept, ...] = ()
    category: CodeableConcept | None = None
    effectiveDateTime: str | None = None
    effectivePeriod: Period | None = None
    dosage: tuple[Dosage, ...] = ()


class MedicationRequest(MedicationUse, gc=False, tag=True):
    statusReason: CodeableConcept | None = None
    category: tuple[CodeableConcept, ...] = ()
    intent: str | None = None
    doNotPerform: bool | None = None
    authoredOn: str | None = None
    dosageInstruction: tuple[Dosage, ...] = ()


class MedicationAdministration(MedicationUse, gc=False, tag=True):
    statusReason: tuple[CodeableConcept, ...] = ()
    category: CodeableConcept | None = None
    effectiveDateTime: str | None = None
    effectivePeriod: Period | None = None


class Procedure(Resource, gc=False, tag=True):
    status: str | None = None
    statusReason: CodeableConcept | None = None
    category: CodeableConcept | None = None
    code: CodeableConcept | None = None
    subject: Reference | None = None
    performedDateTime: str | None = None
    performedPeriod: Period | None = None
    reasonCode: tuple[CodeableConcept, ...] = ()
    reasonReference: tuple[Reference, ...] = ()
    bodySite: tuple[BodySite, ...] = ()
    extension: tuple[Extension, ...] = ()


class DiagnosticReport(Resource, gc=False, tag=True):
    status: str | None = None
    category: tuple[CodeableConcept, ...] = ()
    code: CodeableConcept | None = None
    subject: Reference | None = None
    effectiveDateTime: str | None = None
    effectivePeriod: Period | None = None
    issued: str | None = None
    specimen: tuple[Reference, ...] = ()
    result: tuple[Reference, ...] = ()
    conclusion: str | None = None
    conclusionCode: tuple[CodeableConcept, ...] = ()
    extension: tuple[Extension, ...] = ()


class Collection(Struct, gc=False):
    bodySite: BodySite | None = None


class Specimen(Resource, gc=False, tag=True):
    subject: Reference | None = None
    type: CodeableConcept | None = None
    collection: Collection | None = None


class BodyStructure(Resource, gc=False, tag=True):
    patient: Reference | None = None
    location: CodeableConcept | None = None
    locationQualifier: tuple[CodeableConcept, ...] = ()


class AllergyIntolerance(Resource, gc=False, tag=True):
    patient: Reference | None = None
    verificationStatus: CodeableConcept | None = None
    code: CodeableConcept | None = None


class SuspectEntity(Struct, gc=False):
    instance: Reference | None = None


class AdverseEvent(Resource, gc=False, tag=True):
    subject: Reference | None = None
    actuality: str | None = None
    event: CodeableConcept | None = None
    date: str | None = None
    detected: str | None = None
    recordedDate: str | None = None
    outcome: CodeableConcept | None = None
    suspectEntity: tuple[SuspectEntity, ...] = ()
    extension: tuple[Extension, ...] = ()


class FamilyMemberHistory(Resource, gc=False, tag=True):
    patient: Reference | None = None


class Answer(Struct, gc=False, frozen=True):
    valueBoolean: bool | None = None
    valueDecimal: float | None = None
    valueInteger: int | None = None
    valueString: str | None = None
    valueDate: str | None = None
    valueDateTime: str | None = None
    valueCoding: Coding | None = None
    valueQuantity: Quantity | None = None
    item: tuple[Item, ...] = ()


class Item(Struct, gc=False, frozen=True):
    linkId: str = ""
    answer: tuple[Answer, ...] = ()
    item: tuple[Item, ...] = ()


class QuestionnaireResponse(Resource, gc=False, tag=True):
    status: str | None = None
    questionnaire: str | None = None
    subject: Reference | None = None
    authored: str | None = None
    item: tuple[Item, ...] = ()


NOTHING: Any = b""  # joined faster than an empty `msgspec.Raw`


class Told(Resource, gc=False):
    """A resource of which what it says is still text: most say what another one said, and are read from memory."""

    def opened(self) -> Any:
        """The whole resource. Raises `msgspec.ValidationError` as a decoder does."""
        kind, typed, texts = _parts_of(type(self))
        whole = kind(**{name: getattr(self, name) for name in typed})
        for name, decoder in texts.items():
            text = getattr(self, name)
            if text is not NOTHING:
                try:
                    setattr(whole, name, decoder.decode(text))
                except msgspec.ValidationError as error:
                    what, _, place = str(error).partition(" - at `$")
                    raise msgspec.ValidationError(f"{what} - at `$.{name}{place or '`'}") from None
        return whole


_WHOLE: dict[type, type[Resource]] = {}


def _told(kind: type[Resource], *typed: str) -> Any:
    """The type of which all but the named fields stay text."""
    defaults = dict(zip(kind.__struct_fields__, kind.__struct_defaults__, strict=True))
    types = {name: of for base in reversed(kind.__mro__) for name, of in vars(base).get("__annotations__", {}).items()}
    own = [name for name in defaults if name not in Resource.__struct_fields__]
    fields: list[Any] = [(n, types[n], defaults[n]) if n in typed else (n, msgspec.Raw, NOTHING) for n in own]
    told = msgspec.defstruct(
        f"Told{kind.__name__}", fields, bases=(Told,), tag=kind.__name__, gc=False, module=__name__
    )
    _WHOLE[told] = kind
    return told


@cache
def _parts_of(told: type[Told]) -> tuple[type[Resource], list[str], dict[str, msgspec.json.Decoder[Any]]]:
    """The whole type, the fields that are decoded, and how those are decoded that are text."""
    kind = _WHOLE[told]
    text = {field.name for field in msgspec.structs.fields(told) if field.type is msgspec.Raw}
    types = {field.name: field.type for field in msgspec.structs.fields(kind)}
    return kind, [n for n in types if n not in text], {n: msgspec.json.Decoder(types[n]) for n in types if n in text}


def says(told: type[Told]) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    """Takes the fields that stay text out of all fields (`msgspec.structs.astuple`) of a resource of this type."""
    places = (at for at, field in enumerate(msgspec.structs.fields(told)) if field.type is msgspec.Raw)
    return itemgetter(*places)


# Typed is what tells people apart (whom, when, where, how much) and what other resources ask for.
ToldObservation = _told(
    Observation, "subject", "effectiveDateTime", "effectiveInstant", "issued", "specimen", "focus", "valueQuantity",
    "derivedFrom", "partOf", "device",
)  # fmt: skip
ToldCondition = _told(Condition, "subject", "onsetDateTime", "abatementDateTime", "abatementPeriod", "extension")
ToldStatement = _told(
    MedicationStatement, "subject", "effectiveDateTime", "effectivePeriod", "medicationReference", "reasonReference"
)
ToldRequest = _told(
    MedicationRequest, "subject", "authoredOn", "dosageInstruction", "medicationReference", "reasonReference"
)
ToldProcedure = _told(Procedure, "subject", "performedDateTime", "performedPeriod", "reasonReference")


class Entry(Struct, gc=False):
    """One entry of a bundle; a line of NDJSON becomes one without address."""

    resource: AnyResource | None = None
    fullUrl: str | None = None


class Bundle(Resource, gc=False, tag=True):
    entry: tuple[Entry, ...] = ()


class Other(Struct, gc=False, tag_field="resourceType"):
    """Base of the resource types of R4 that hold nothing for openmbc: known, counted, not read."""


def type_name(resource: Resource | Other | Unreadable) -> str:
    """The FHIR name of the type of a resource."""
    return str(resource.__struct_config__.tag or type(resource).__name__)


class Unreadable(Struct, gc=False):
    """Stands for a resource that could not be decoded and is already listed as a problem."""


USED: tuple[type[Resource], ...] = (
    Patient, ToldCondition, ToldObservation, Medication, ToldStatement, ToldRequest, MedicationAdministration,
    ToldProcedure, DiagnosticReport, Specimen, BodyStructure, AllergyIntolerance, AdverseEvent,
    FamilyMemberHistory, QuestionnaireResponse, Bundle,
)  # fmt: skip

_R4_OTHERS = """
Account ActivityDefinition Appointment AppointmentResponse AuditEvent Basic Binary
BiologicallyDerivedProduct CapabilityStatement CarePlan CareTeam CatalogEntry ChargeItem ChargeItemDefinition Claim
ClaimResponse ClinicalImpression CodeSystem Communication CommunicationRequest CompartmentDefinition Composition
ConceptMap Consent Contract Coverage CoverageEligibilityRequest CoverageEligibilityResponse DetectedIssue Device
DeviceDefinition DeviceMetric DeviceRequest DeviceUseStatement DocumentManifest DocumentReference
EffectEvidenceSynthesis Encounter Endpoint EnrollmentRequest EnrollmentResponse EpisodeOfCare EventDefinition Evidence
EvidenceVariable ExampleScenario ExplanationOfBenefit Flag Goal GraphDefinition Group GuidanceResponse
HealthcareService ImagingStudy Immunization ImmunizationEvaluation ImmunizationRecommendation ImplementationGuide
InsurancePlan Invoice Library Linkage List Location Measure MeasureReport Media MedicationDispense
MedicationKnowledge MedicinalProduct MedicinalProductAuthorization MedicinalProductContraindication
MedicinalProductIndication MedicinalProductIngredient MedicinalProductInteraction MedicinalProductManufactured
MedicinalProductPackaged MedicinalProductPharmaceutical MedicinalProductUndesirableEffect MessageDefinition
MessageHeader MolecularSequence NamingSystem NutritionOrder ObservationDefinition OperationDefinition
OperationOutcome Organization OrganizationAffiliation Parameters PaymentNotice PaymentReconciliation Person
PlanDefinition Practitioner PractitionerRole Provenance Questionnaire RelatedPerson RequestGroup ResearchDefinition
ResearchElementDefinition ResearchStudy ResearchSubject RiskAssessment RiskEvidenceSynthesis Schedule SearchParameter
ServiceRequest Slot SpecimenDefinition StructureDefinition StructureMap Subscription Substance SubstanceNucleicAcid
SubstancePolymer SubstanceProtein SubstanceReferenceInformation SubstanceSourceMaterial SubstanceSpecification
SupplyDelivery SupplyRequest Task TerminologyCapabilities TestReport TestScript ValueSet VerificationResult
VisionPrescription
"""
OTHER_NAMES = tuple(_R4_OTHERS.split())

_OTHERS = tuple(msgspec.defstruct(name, [], bases=(Other,), tag=name, gc=False) for name in OTHER_NAMES)

if TYPE_CHECKING:
    AnyResource = Resource | Other | Unreadable
else:
    AnyResource = Union[(*USED, *_OTHERS)]


class RawEntry(Struct, gc=False):
    """An entry whose resource is still text, to be decoded by itself."""

    resource: msgspec.Raw = msgspec.Raw()
    fullUrl: str | None = None


class RawBundle(Struct, gc=False):
    resourceType: str | None = None
    entry: tuple[RawEntry, ...] = ()


class Head(Struct, gc=False):
    """What tells which resource this is and whom it is about."""

    resourceType: str | None = None
    id: str | None = None
    subject: Reference | None = None
    patient: Reference | None = None


resource_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(AnyResource)
resources_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(tuple[AnyResource, ...])
raw_bundle_decoder = msgspec.json.Decoder(RawBundle)
raw_list_decoder = msgspec.json.Decoder(tuple[msgspec.Raw, ...])
head_decoder = msgspec.json.Decoder(Head)


class Name(Struct, gc=False):
    """Type and id of a resource of which nothing else may be readable."""

    resourceType: str | None = None
    id: str | None = None


_name_decoder = msgspec.json.Decoder(Name)


def name_of(data: bytes | memoryview | msgspec.Raw) -> Name:
    """Type and id of a resource, as far as they can be read."""
    try:
        return _name_decoder.decode(data)
    except (msgspec.DecodeError, RecursionError):
        return Name()


def type_of(data: bytes | memoryview) -> str | None:
    """The type of a resource of which nothing else may be readable."""
    return name_of(data).resourceType
