"""Rows of customers and their points, by noun."""

from loyalty.models.bills import Bill, BillAdjustment, ImportedFile
from loyalty.models.campaigns import ConversionRun, PromoCampaign
from loyalty.models.corporate import CorporateFigure, CorporateGroup, CorporateMember
from loyalty.models.customers import BossBalance, Customer, Suspension
from loyalty.models.gifts import Gift, GiftPrice, GiftStock, Shop, StockMove
from loyalty.models.ledger import Debit, Lot, PointsOperation
from loyalty.models.plans import MaintenanceWindow, PlanEvent, PointsAccount
from loyalty.models.privacy import Disclosure, Look, LookReview, ServiceChange
from loyalty.models.redemption import OneTimeCode, Redemption, RedemptionCounter, Voucher, VoucherExtension
from loyalty.models.runs import ExpirySweep, GenerationPart, GenerationRun
from loyalty.models.stars import RatingRun, StarBand, StarMultiplier, StarRating

__all__ = [
    "Bill",
    "BillAdjustment",
    "BossBalance",
    "ConversionRun",
    "CorporateFigure",
    "CorporateGroup",
    "CorporateMember",
    "Customer",
    "Debit",
    "Disclosure",
    "ExpirySweep",
    "GenerationPart",
    "GenerationRun",
    "Gift",
    "GiftPrice",
    "GiftStock",
    "ImportedFile",
    "Look",
    "LookReview",
    "Lot",
    "MaintenanceWindow",
    "OneTimeCode",
    "PlanEvent",
    "PointsAccount",
    "PointsOperation",
    "PromoCampaign",
    "RatingRun",
    "Redemption",
    "RedemptionCounter",
    "ServiceChange",
    "Shop",
    "StarBand",
    "StarMultiplier",
    "StarRating",
    "StockMove",
    "Suspension",
    "Voucher",
    "VoucherExtension",
]
